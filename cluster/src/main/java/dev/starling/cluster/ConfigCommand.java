package dev.starling.cluster;

import dev.starling.cluster.config.ConfigLoader;
import dev.starling.cluster.config.LoadedConfig;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code starling config}: looks at a configuration without starting anything. */
@Command(
    name = "config",
    description = "Checks or prints the configuration.",
    mixinStandardHelpOptions = true)
final class ConfigCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "check",
      description = "Says whether a node could start with it.",
      mixinStandardHelpOptions = true)
  int check(@Mixin NodeOptions options) {
    LoadedConfig config = options.load();
    PolicyReload.first(config.node().policyFile());
    PrintWriter out = spec.commandLine().getOut();
    ClusterSecurity security = ClusterSecurity.of(config.node().cluster(), InstantSource.system());
    Stream.concat(config.warnings().stream(), security.warnings().stream())
        .forEach(warning -> out.println("warning: " + warning));
    out.println("ok: " + config.source());
    return 0;
  }

  @Command(
      name = "print",
      description = "Prints the effective values as YAML; secrets are masked.",
      mixinStandardHelpOptions = true)
  int print(@Mixin NodeOptions options) {
    LoadedConfig config = options.load();
    PrintWriter out = spec.commandLine().getOut();
    out.print(ConfigLoader.toYaml(config.masked()));
    out.flush();
    return 0;
  }
}
