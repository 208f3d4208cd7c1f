package dev.starling.chaos.orders;

import dev.starling.load.Pause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Makes trouble for a lab, one after the other; each time it waits until the cluster is whole, and
 * a while longer. The same seed makes the same trouble.
 *
 * <p>Used from one thread, which it blocks.
 */
final class Nemesis {
  private static final int SHORTEST_PEACE_MILLIS = 500;
  private static final int LONGEST_PEACE_MILLIS = 3_000;

  /**
   * What it has done.
   *
   * @param victim as {@link Trouble#strike} says
   * @param millis until the cluster was whole again
   */
  record Strike(Trouble trouble, String victim, long millis) {}

  private final OrdersLab lab;
  private final List<Trouble> troubles;
  private final Random random;
  private final Consumer<String> log;
  private final List<Trouble> next = new ArrayList<>();
  private final List<Strike> strikes = new ArrayList<>();

  /**
   * @param troubles of which each comes once before any comes again
   */
  Nemesis(OrdersLab lab, List<Trouble> troubles, long seed, Consumer<String> log) {
    this.lab = lab;
    this.troubles = List.copyOf(troubles);
    this.random = new Random(seed);
    this.log = log;
  }

  /** Strikes once. */
  void strike() {
    Pause.millis(
        SHORTEST_PEACE_MILLIS + random.nextInt(LONGEST_PEACE_MILLIS - SHORTEST_PEACE_MILLIS));
    if (next.isEmpty()) {
      next.addAll(troubles);
      Collections.shuffle(next, random);
    }
    Trouble trouble = next.remove(next.size() - 1);
    long began = System.nanoTime();
    String victim = trouble.strike(lab, random);
    lab.awaitWhole();
    Strike strike = new Strike(trouble, victim, (System.nanoTime() - began) / 1_000_000);
    strikes.add(strike);
    log.accept(
        "%d. %s: %s; whole after %.1f s"
            .formatted(
                strikes.size(),
                trouble.name().toLowerCase(Locale.ROOT),
                victim,
                strike.millis / 1e3));
  }

  List<Strike> strikes() {
    return List.copyOf(strikes);
  }
}
