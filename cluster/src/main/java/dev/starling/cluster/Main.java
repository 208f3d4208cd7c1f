package dev.starling.cluster;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Without a command it runs a node. */
@Command(
    name = "starling",
    description = "An API edge and actor runtime: every node serves, nodes cluster by themselves.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      ConfigCommand.class,
      PolicyCommand.class,
      ModelsCommand.class,
      ShardsCommand.class,
      OutboxCommand.class,
      CertsCommand.class,
      VersionCommand.class
    },
    footer = {
      "",
      "Every setting can also be given in conf/starling.yaml or as an environment variable:",
      "http.port is STARLING_HTTP_PORT. docs/config.md lists them all."
    })
final class Main implements Callable<Integer> {
  @CommandLine.Mixin private NodeOptions options = new NodeOptions();

  public static void main(String[] arguments) {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setExecutionExceptionHandler(new StartFailure.Printer())
            .setCaseInsensitiveEnumValuesAllowed(true);
    int exit = commandLine.execute(arguments);
    if (exit != RunCommand.RUNNING) {
      System.exit(exit);
    }
  }

  @Override
  public Integer call() {
    return RunCommand.run(options);
  }
}
