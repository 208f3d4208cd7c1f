package dev.starling.cluster;

import dev.starling.cluster.tls.CertificateAuthority;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code starling certs}: certificates with which nodes know each other. */
@Command(
    name = "certs",
    description = {
      "Makes certificates for nodes, signed by a private authority.",
      "DIR/ca.crt and DIR/ca.key are made if they are not there. Each node gets its NAME.crt, its"
          + " NAME.key and ca.crt; ca.key stays where you keep secrets."
    },
    mixinStandardHelpOptions = true)
final class CertsCommand implements Callable<Integer> {
  /** Also keeps the names of nodes apart from the authority's files and inside the directory. */
  private static final Pattern NAME = Pattern.compile("(?!ca$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "certs",
      description = "Where the files are (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of("certs");

  @Option(
      names = "--node",
      paramLabel = "NAME",
      required = true,
      arity = "1..*",
      description = "A node to make a certificate for. Repeatable.")
  private List<String> nodes = List.of();

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "365",
      description = "How long they are valid (default: ${DEFAULT-VALUE}).")
  private int days;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    check();
    PrintWriter out = spec.commandLine().getOut();
    try {
      CertificateAuthority authority = CertificateAuthority.in(directory, Instant.now());
      for (String node : nodes) {
        authority.issue(node, Duration.ofDays(days));
        out.printf("%s: STARLING_CLUSTER_TLS_ENABLED=true", node);
        out.printf(" STARLING_CLUSTER_TLS_CERT=%s", directory.resolve(node + ".crt"));
        out.printf(" STARLING_CLUSTER_TLS_KEY=%s", directory.resolve(node + ".key"));
        out.printf(" STARLING_CLUSTER_TLS_CA=%s%n", directory.resolve("ca.crt"));
      }
    } catch (UncheckedIOException e) {
      throw new StartFailure(
          "%s: cannot be written: %s".formatted(directory, e.getCause().getMessage()));
    }
    return 0;
  }

  private void check() {
    if (days < 1 || days > 3650) {
      throw mistake("--days: " + days + " (expected: 1..3650)");
    }
    for (String node : nodes) {
      if (!NAME.matcher(node).matches()) {
        throw mistake(
            "--node: \"%s\" (expected: 1..64 of A-Z a-z 0-9 . _ -, and not ca)".formatted(node));
      }
      if (Files.exists(directory.resolve(node + ".crt"))
          || Files.exists(directory.resolve(node + ".key"))) {
        throw mistake(
            "--node: %s has a certificate in %s (expected: another --dir, or remove it)"
                .formatted(node, directory));
      }
    }
  }

  private ParameterException mistake(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
