package dev.starling.cluster;

import dev.starling.cluster.config.ConfigChanges;
import dev.starling.cluster.config.ConfigSources;
import dev.starling.cluster.config.LoadedConfig;
import dev.starling.cluster.management.NodeControl.Reloaded;
import dev.starling.contract.node.ScaleContract.Scaled;
import dev.starling.sdk.ConfigException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again while the node runs, when its file has changed or an operator asks,
 * and applies what can be applied: numbers of instances. The last good configuration stays until
 * another one is good.
 *
 * <p>Thread-safe; files are read on worker threads, one reading after the other.
 */
final class ConfigReload {
  private static final Logger log = LoggerFactory.getLogger(ConfigReload.class);

  private final Vertx vertx;
  private final ConfigSources sources;
  private final LoadedConfig started;
  private final BiFunction<String, Integer, Future<Scaled>> scaling;
  private final MeterRegistry meters;
  private final FileWatch watch;
  private LoadedConfig lastGood;
  private volatile String problem = "";
  private volatile List<String> needRestart = List.of();
  private Future<?> last = Future.succeededFuture();

  /** What the node starts with. */
  record First(ConfigSources sources, FileWatch watch, LoadedConfig config) {}

  /**
   * @param scaling changes the number of instances of a verticle
   */
  ConfigReload(
      Vertx vertx,
      First first,
      BiFunction<String, Integer, Future<Scaled>> scaling,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.sources = first.sources();
    this.started = first.config();
    this.lastGood = first.config();
    this.scaling = scaling;
    this.meters = meters;
    this.watch = first.watch();
    Gauge.builder("config.valid", () -> problem.isEmpty() ? 1 : 0)
        .description("1 while the configuration that was read last can be used")
        .register(meters);
    Gauge.builder("config.pending.restart", () -> needRestart.size())
        .description("Keys whose new value takes effect with a restart only")
        .register(meters);
  }

  /**
   * Reads the configuration for the first time. Blocks for the file system.
   *
   * @throws ConfigException with one line that says what is wrong
   */
  static First first(ConfigSources sources) {
    FileWatch watch = new FileWatch("configuration", sources::existingFile);
    return new First(sources, watch, sources.load());
  }

  /** Looks at the file each second until the returned function is called. */
  Runnable watch() {
    return watch.start(vertx, this::reload);
  }

  /** For operators; empty when there is nothing to say. */
  String note() {
    if (!problem.isEmpty()) {
      return "config: the last good one is in use: " + problem;
    }
    return needRestart.isEmpty()
        ? ""
        : "config: a restart is needed for " + String.join(", ", needRestart);
  }

  /** Reads everything again. */
  synchronized Future<Reloaded> reload() {
    Future<Reloaded> reloaded =
        last.transform(before -> vertx.executeBlocking(this::read, false).compose(this::apply));
    last = reloaded;
    return reloaded;
  }

  /** Reads everything again if the file was written to. */
  Future<?> look() {
    return watch.look(vertx, this::reload);
  }

  private ConfigChanges read() {
    LoadedConfig read;
    try {
      if (sources.existingFile() == null && !started.source().equals(LoadedConfig.DEFAULTS)) {
        throw new ConfigException(started.source() + " is gone (expected: a readable YAML file)");
      }
      read = sources.reload(started);
    } catch (ConfigException e) {
      return ConfigChanges.none(String.valueOf(e.getMessage()));
    }
    synchronized (this) {
      ConfigChanges changes = ConfigChanges.of(started, lastGood, read);
      lastGood = read;
      return changes;
    }
  }

  private Future<Reloaded> apply(ConfigChanges changes) {
    problem = changes.problem();
    meters
        .counter("config.reloads", "outcome", changes.problem().isEmpty() ? "applied" : "invalid")
        .increment();
    if (!changes.problem().isEmpty()) {
      log.warn("The configuration stays as it was: {}", changes.problem());
      return Future.succeededFuture(new Reloaded(changes.problem(), Map.of(), needRestart));
    }
    if (!changes.needRestart().equals(needRestart) && !changes.needRestart().isEmpty()) {
      log.warn(
          "The configuration was read; a restart is needed for {}",
          String.join(", ", changes.needRestart()));
    }
    needRestart = changes.needRestart();
    Map<String, Scaled> outcomes = new LinkedHashMap<>();
    Future<?> chain = Future.succeededFuture();
    for (Map.Entry<String, Integer> change : changes.instances().entrySet()) {
      chain =
          chain
              .compose(before -> scaling.apply(change.getKey(), change.getValue()))
              .onSuccess(
                  scaled -> {
                    outcomes.put(change.getKey(), scaled);
                    if (!scaled.isDone()) {
                      log.warn("{}", scaled.detail());
                    }
                  });
    }
    return chain.map(done -> new Reloaded("", outcomes, needRestart));
  }
}
