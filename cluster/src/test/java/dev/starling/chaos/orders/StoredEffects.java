package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Evidence.EffectRow;
import dev.starling.chaos.orders.Evidence.EventRow;
import dev.starling.chaos.orders.Evidence.OrderRow;
import dev.starling.chaos.orders.Evidence.PurchaseRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what consumers have made of events with the orders and events that are stored: {@link
 * Invariant#EXACTLY_ONCE}, {@link Invariant#IN_ORDER}, {@link Invariant#NO_PHANTOM}.
 */
final class StoredEffects {
  private final HistoryIndex history;
  private final Evidence evidence;
  private final Map<String, Set<String>> effectsOf;
  private final Findings findings;

  /** An effect of an event, of which there must be one. */
  private record Done(String order, String cause, String effect) {}

  /** What one consumer makes of one order. */
  private record Consumed(String order, String effect) {}

  private record Told(String order, String type) {}

  private record Bought(String user, String sku) {}

  /**
   * @param effectsOf which effects each type of event has
   */
  StoredEffects(
      HistoryIndex history,
      Evidence evidence,
      Map<String, Set<String>> effectsOf,
      Findings findings) {
    this.history = history;
    this.evidence = evidence;
    this.effectsOf = effectsOf;
    this.findings = findings;
  }

  void check() {
    effectsAreOfEvents();
    effectsAreInOrder();
    if (!evidence.purchases().isEmpty()) {
      purchasesAreCounted();
    }
  }

  private void effectsAreOfEvents() {
    Map<Done, Integer> done = new LinkedHashMap<>();
    for (EffectRow effect : evidence.effects()) {
      done.merge(new Done(effect.order(), effect.cause(), effect.effect()), 1, Integer::sum);
    }
    for (OrderRow row : history.stored().values()) {
      for (String cause : row.events()) {
        for (String effect : effectsOf.getOrDefault(cause, Set.of())) {
          findings.examineOnly(
              row.id(),
              done.get(new Done(row.id(), cause, effect)),
              "effects of " + cause + " on " + effect,
              history.about(row.id()));
        }
      }
    }
    for (Done effect : done.keySet()) {
      OrderRow row = history.stored().get(effect.order);
      findings.examine(
          Invariant.NO_PHANTOM,
          row != null && row.events().contains(effect.cause),
          "order " + effect.order,
          "there is an effect of %s on %s, but the order is stored as %s"
              .formatted(effect.cause, effect.effect, row),
          history.about(effect.order));
    }
  }

  private void purchasesAreCounted() {
    Map<Bought, Long> bought = new LinkedHashMap<>();
    for (OrderRow row : evidence.orders()) {
      for (String sku : row.lines().keySet()) {
        bought.merge(new Bought(row.user(), sku), row.isCancelled() ? 0L : 1L, Long::sum);
      }
    }
    Map<Bought, Long> counted = new LinkedHashMap<>();
    for (PurchaseRow row : evidence.purchases()) {
      counted.put(new Bought(row.user(), row.sku()), row.orders());
      bought.putIfAbsent(new Bought(row.user(), row.sku()), 0L);
    }
    bought.forEach(
        (which, orders) -> {
          long found = counted.getOrDefault(which, 0L);
          findings.examine(
              Invariant.EXACTLY_ONCE,
              found == orders,
              "user " + which.user,
              "%d orders with %s are counted (expected: %d)".formatted(found, which.sku, orders),
              List.of());
        });
  }

  private void effectsAreInOrder() {
    Map<Told, Long> sequences = new HashMap<>();
    for (EventRow event : evidence.events()) {
      sequences.put(new Told(event.order(), event.type()), event.sequence());
    }
    Map<Consumed, List<EffectRow>> consumed = new LinkedHashMap<>();
    for (EffectRow effect : evidence.effects()) {
      // Of an event that is missing, which is found elsewhere, no order can be told.
      if (sequences.containsKey(new Told(effect.order(), effect.cause()))) {
        consumed
            .computeIfAbsent(
                new Consumed(effect.order(), effect.effect()), which -> new ArrayList<>())
            .add(effect);
      }
    }
    consumed.forEach((which, effects) -> isInOrder(which, effects, sequences));
  }

  private void isInOrder(Consumed which, List<EffectRow> effects, Map<Told, Long> sequences) {
    // Rows that a move of their shard copied at once say nothing about their order.
    List<EffectRow> acted =
        effects.stream()
            .sorted(
                Comparator.comparingLong(EffectRow::sequence)
                    .thenComparingLong(
                        effect ->
                            sequences.getOrDefault(new Told(which.order, effect.cause()), 0L)))
            .toList();
    for (int i = 1; i < acted.size(); i++) {
      EffectRow earlier = acted.get(i - 1);
      EffectRow later = acted.get(i);
      findings.examine(
          Invariant.IN_ORDER,
          sequences.getOrDefault(new Told(which.order, earlier.cause()), 0L)
              <= sequences.getOrDefault(new Told(which.order, later.cause()), 0L),
          "order " + which.order,
          "%s acted on %s before it acted on %s"
              .formatted(which.effect, earlier.cause(), later.cause()),
          history.about(which.order));
    }
  }
}
