package dev.starling.cluster;

import dev.starling.cluster.config.LoadedConfig;
import dev.starling.policy.Explanation;
import dev.starling.policy.Policies;
import dev.starling.policy.file.PolicySchema;
import dev.starling.policy.match.Caller;
import dev.starling.policy.match.PolicyRoute;
import dev.starling.sdk.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code starling policy}: looks at a traffic policy without starting anything. */
@Command(
    name = "policy",
    description = "Checks or explains the traffic policy.",
    mixinStandardHelpOptions = true)
final class PolicyCommand {
  private static final int MISTAKEN = 1;

  @Spec private CommandSpec spec;

  @Command(
      name = "check",
      description = {
        "Says whether a node could use a policy file, and names every mistake in it.",
        "Exit code: 0 when it could, 1 when not, 2 when there is no such file."
      },
      mixinStandardHelpOptions = true)
  int check(
      @Parameters(
              arity = "0..1",
              paramLabel = "FILE",
              description = "The file (default: the configured one, or conf/policies.yaml).")
          @Nullable Path named,
      @Mixin NodeOptions options) {
    LoadedConfig config = options.load();
    Path file = named != null ? named : config.node().policyFile();
    PrintWriter out = spec.commandLine().getOut();
    if (file == null) {
      out.println("ok: the shipped rules, since no file is configured");
      return 0;
    }
    if (!Files.isReadable(file)) {
      throw new ConfigException(file + ": cannot be read (expected: a readable YAML file)");
    }
    Policies.Parsed parsed = Policies.load(file);
    if (parsed instanceof Policies.Parsed.Bad bad) {
      bad.mistakes().forEach(spec.commandLine().getErr()::println);
      return MISTAKEN;
    }
    Policies policies = ((Policies.Parsed.Good) parsed).policies();
    PolicyDoubts.of(policies, KnownRoutes.of(config.available()))
        .forEach(doubt -> out.println("warning: " + file + ": " + doubt));
    out.printf("ok: %s, version %s%n", file, policies.version());
    return 0;
  }

  @Command(
      name = "explain",
      description = "Says of each rule whether it holds for a call, and if not, why.",
      mixinStandardHelpOptions = true)
  int explain(
      @Parameters(index = "0", paramLabel = "METHOD", description = "E.g. GET.") String method,
      @Parameters(
              index = "1",
              paramLabel = "PATH",
              description = "Of a request or a route, e.g. /v1/users/42 or /v1/users/{id}.")
          String path,
      @Option(names = "--as", paramLabel = "CONSUMER", description = "Subject of the token.")
          @Nullable String consumer,
      @Option(names = "--tenant", paramLabel = "TENANT", description = "Tenant in the token.")
          @Nullable String tenant,
      @Option(
              names = "--tier",
              paramLabel = "TIER",
              description = "Tier in the token; the file's tiers win over it.")
          @Nullable String tier,
      @Option(names = "--ip", paramLabel = "IP", description = "Address of the client.")
          @Nullable String ip,
      @Mixin OutputOption output,
      @Mixin NodeOptions options) {
    LoadedConfig config = options.load();
    Policies policies = PolicyReload.first(config.node().policyFile()).policies();
    String wanted = method.toUpperCase(Locale.ROOT);
    if (!path.startsWith("/")) {
      throw new ConfigException("PATH: " + path + " (expected: to begin with /)");
    }
    List<PolicyRoute> known = KnownRoutes.of(config.available());
    PolicyRoute route =
        PolicyRoute.find(known, wanted, path)
            .orElseGet(() -> new PolicyRoute(wanted, path, "", false));
    Caller caller = policies.caller(text(consumer), text(tenant), text(tier), text(ip));
    Explanation explanation = policies.explain(route, caller);
    PrintWriter out = spec.commandLine().getOut();
    out.print(output.of(explanation, Explanation::toText));
    out.flush();
    return 0;
  }

  @Command(
      name = "schema",
      description = "Prints the JSON Schema of policy files, for editors.",
      mixinStandardHelpOptions = true)
  int schema() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(PolicySchema.text());
    out.flush();
    return 0;
  }

  private static String text(@Nullable String option) {
    return option == null ? "" : option;
  }
}
