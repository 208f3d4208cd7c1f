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
  private static final long POLL_MILLIS = 1_000;

  private final Vertx vertx;
  private final ConfigSources sources;
  private final LoadedConfig started;
  private final Scaling scaling;
  private final MeterRegistry meters;
  private FileStamp stamp;
  private LoadedConfig lastGood;
  private volatile String problem = "";
  private volatile List<String> needRestart = List.of();
  private Future<?> last = Future.succeededFuture();

  ConfigReload(
      Vertx vertx,
      ConfigSources sources,
      LoadedConfig started,
      Scaling scaling,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.sources = sources;
    this.started = started;
    this.lastGood = started;
    this.scaling = scaling;
    this.meters = meters;
    this.stamp = FileStamp.of(sources.existingFile());
    Gauge.builder("config.valid", () -> problem.isEmpty() ? 1 : 0)
        .description("1 while the configuration that was read last can be used")
        .register(meters);
    Gauge.builder("config.pending.restart", () -> needRestart.size())
        .description("Keys whose new value takes effect with a restart only")
        .register(meters);
  }

  /** Looks at the file each second until the returned function is called. */
  Runnable watch() {
    long timer = vertx.setPeriodic(POLL_MILLIS, tick -> look());
    return () -> vertx.cancelTimer(timer);
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

  private void look() {
    vertx
        .executeBlocking(() -> FileStamp.of(sources.existingFile()), false)
        .onSuccess(
            now -> {
              if (takeStamp(now)) {
                reload().onFailure(bug -> log.error("The configuration was not reloaded", bug));
              }
            });
  }

  private synchronized boolean takeStamp(FileStamp now) {
    boolean changed = !now.equals(stamp);
    stamp = now;
    return changed;
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
              .compose(before -> scaling.scale(change.getKey(), change.getValue()))
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
