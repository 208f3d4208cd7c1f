package dev.starling.cluster;

import dev.starling.bus.BusNode;
import dev.starling.cluster.config.DrainConfig;
import dev.starling.cluster.management.NodeControl;
import dev.starling.contract.node.ScaleContract.Scaled;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators ask of a node through its management port. Thread-safe. */
final class Operators implements NodeControl {
  private static final Logger log = LoggerFactory.getLogger(Operators.class);

  private final BusNode bus;
  private final Drain drain;
  private final DrainConfig limits;
  private final Scaling scaling;
  private final ConfigReload reload;
  private final PolicyReload policy;
  private final AtomicBoolean drainAsked = new AtomicBoolean();
  private volatile @Nullable Runnable exit;

  Operators(
      BusNode bus,
      Drain drain,
      DrainConfig limits,
      Scaling scaling,
      ConfigReload reload,
      PolicyReload policy) {
    this.bus = bus;
    this.drain = drain;
    this.limits = limits;
    this.scaling = scaling;
    this.reload = reload;
    this.policy = policy;
  }

  /**
   * Allows to drain from now on.
   *
   * @param newExit ends the process in order, as a signal does; called once, on a thread of its own
   */
  void drainWith(Runnable newExit) {
    exit = newExit;
  }

  @Override
  public @Nullable DrainView drain() {
    Runnable ending = exit;
    if (ending == null) {
      return null;
    }
    if (drainAsked.compareAndSet(false, true)) {
      log.info("An operator asked to drain");
      drain.begin();
      new Thread(ending, "starling-drain").start();
    }
    return new DrainView(
        bus.nodeId(),
        drain.phase().name().toLowerCase(Locale.ROOT),
        drain.elapsedMillis(),
        limits.timeout().toMillis(),
        bus.answering());
  }

  @Override
  public Future<Scaled> scale(String verticle, int instances) {
    return scaling.scale(verticle, instances);
  }

  @Override
  public Future<Map<String, Scaled>> scaleEverywhere(String verticle, int instances) {
    return scaling.scaleEverywhere(verticle, instances);
  }

  @Override
  public Future<Reloaded> reload() {
    // Neither waits for the other to be good: each file keeps its own last good copy.
    return policy
        .reload()
        .compose(
            mistakes ->
                reload.reload().map(reloaded -> reloaded.besides(String.join("; ", mistakes))));
  }
}
