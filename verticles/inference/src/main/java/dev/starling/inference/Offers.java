package dev.starling.inference;

import dev.starling.bus.Bus;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what an instance offers on the bus in step with the models that its node serves. Confined
 * to the instance's context.
 */
final class Offers {
  private static final Logger log = LoggerFactory.getLogger(Offers.class);

  private final Supplier<Set<String>> wanted;
  private final Function<String, Future<Bus.Registration>> offer;
  private final Map<String, Bus.Registration> offered = new HashMap<>();
  private @Nullable Future<Void> round;
  private boolean again;

  /**
   * @param wanted the models that are served now
   * @param offer begins to serve one
   */
  Offers(Supplier<Set<String>> wanted, Function<String, Future<Bus.Registration>> offer) {
    this.wanted = wanted;
    this.offer = offer;
  }

  /** Offers what is missing and withdraws what is gone; completes when the bus has followed. */
  Future<Void> follow() {
    Future<Void> running = round;
    if (running != null) {
      // What it is about to do may be outdated.
      again = true;
      return running;
    }
    again = false;
    Set<String> now = wanted.get();
    List<Future<?>> steps = new ArrayList<>();
    for (String model : now) {
      if (!offered.containsKey(model)) {
        steps.add(
            offer
                .apply(model)
                .onSuccess(registration -> offered.put(model, registration))
                .onFailure(failure -> log.error("{} could not be offered", model, failure)));
      }
    }
    for (String model : List.copyOf(offered.keySet())) {
      if (!now.contains(model)) {
        steps.add(offered.remove(model).close());
      }
    }
    if (steps.isEmpty()) {
      return Future.succeededFuture();
    }
    Future<Void> begun =
        Future.join(steps)
            .<Void>mapEmpty()
            .otherwiseEmpty()
            .compose(
                done -> {
                  round = null;
                  return again ? follow() : Future.succeededFuture();
                });
    // Unless it is over already.
    if (!begun.isComplete()) {
      round = begun;
    }
    return begun;
  }
}
