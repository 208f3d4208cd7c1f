package dev.starling.cluster;

import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.sdk.ConfigException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the policy file when the node starts, and again when it has changed or an operator asks.
 * The last good policy stays in force until another one is good.
 *
 * <p>Thread-safe; files are read on worker threads, one reading after the other.
 */
final class PolicyReload {
  private static final Logger log = LoggerFactory.getLogger(PolicyReload.class);

  private final Vertx vertx;
  private final @Nullable Path file;
  private final PolicySource source;
  private final MeterRegistry meters;
  private final MultiGauge version;
  private final FileWatch watch;
  private volatile List<String> mistakes = List.of();
  private Future<?> last = Future.succeededFuture();

  /**
   * What the node starts with.
   *
   * @param file null for the shipped rules
   */
  record First(@Nullable Path file, FileWatch watch, Policies policies) {}

  PolicyReload(Vertx vertx, First first, MeterRegistry meters) {
    this.vertx = vertx;
    this.file = first.file();
    this.watch = first.watch();
    this.source = new PolicySource(first.policies());
    this.meters = meters;
    this.version =
        MultiGauge.builder("policy.version")
            .description("Always 1; the label says which policy is in force")
            .register(meters);
    Gauge.builder("policy.valid", () -> mistakes.isEmpty() ? 1 : 0)
        .description("1 while the policy file that was read last can be used")
        .register(meters);
    showVersion();
  }

  /**
   * Reads the file for the first time. Blocks for the file system.
   *
   * @param file null for the shipped rules
   * @throws ConfigException with one line that says what is wrong
   */
  static First first(@Nullable Path file) {
    FileWatch watch = new FileWatch("policy", () -> file);
    return new First(file, watch, file == null ? Policies.shipped() : required(file));
  }

  private static Policies required(Path file) {
    Policies.Parsed parsed = Policies.load(file);
    if (parsed instanceof Policies.Parsed.Good good) {
      return good.policies();
    }
    List<String> mistakes = ((Policies.Parsed.Bad) parsed).mistakes();
    throw new ConfigException(
        mistakes.size() == 1
            ? mistakes.get(0)
            : "%s; and %d more, which policy check names"
                .formatted(mistakes.get(0), mistakes.size() - 1));
  }

  /** The policy in force. */
  PolicySource source() {
    return source;
  }

  /** Looks at the file each second until the returned function is called. */
  Runnable watch() {
    return file == null ? () -> {} : watch.start(vertx, this::reload);
  }

  /** For operators; empty when there is nothing to say. */
  String note() {
    List<String> wrong = mistakes;
    return wrong.isEmpty()
        ? ""
        : "policy: the last good one (%s) is in force: %s"
            .formatted(source.current().version(), String.join("; ", wrong));
  }

  /**
   * Reads the file again.
   *
   * @return what is wrong with it, one line each; empty when it is in force now
   */
  synchronized Future<List<String>> reload() {
    Future<List<String>> reloaded =
        last.transform(before -> vertx.executeBlocking(this::read, false));
    last = reloaded;
    return reloaded;
  }

  /** Reads the file again if it was written to. */
  Future<?> look() {
    return watch.look(vertx, this::reload);
  }

  private List<String> read() {
    Path path = file;
    if (path == null) {
      return List.of();
    }
    Policies.Parsed parsed = Policies.load(path);
    if (parsed instanceof Policies.Parsed.Bad bad) {
      mistakes = bad.mistakes();
      mistakes.forEach(mistake -> log.warn("The policy stays as it was: {}", mistake));
      count("invalid");
      return mistakes;
    }
    Policies next = ((Policies.Parsed.Good) parsed).policies();
    mistakes = List.of();
    if (next.version().equals(source.current().version())) {
      // Buckets and breakers need not be looked through for nothing.
      count("unchanged");
      return List.of();
    }
    source.replace(next);
    showVersion();
    count("applied");
    log.info("Policy {} of {} is in force", next.version(), path);
    return List.of();
  }

  private void count(String outcome) {
    meters.counter("policy.reloads", "outcome", outcome).increment();
  }

  private void showVersion() {
    version.register(
        List.of(MultiGauge.Row.of(Tags.of("version", source.current().version()), 1)), true);
  }
}
