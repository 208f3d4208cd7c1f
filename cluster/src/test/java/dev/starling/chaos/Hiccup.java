package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A node stands still for half a second, as in a long collection of garbage. */
final class Hiccup implements Fault {
  private static final int FROZEN_MILLIS = 500;
  private static final int WATCH_MILLIS = 4_000;

  @Override
  public String name() {
    return "hiccup";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.SLOWEST_SAFE, 600,
        Measure.FAILED_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.EVICTED, 0);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(random.nextInt(3));
    String id = Lab.id(victim);
    round.begin(victim);
    round.strike(() -> victim.signal("STOP"));
    Pause.millis(FROZEN_MILLIS);
    victim.signal("CONT");
    Set<String> evicted = lab.evicted(Set.of(id), round.struckNanos() + WATCH_MILLIS * 1_000_000L);
    round.end();
    round.set(Measure.EVICTED, evicted.size());
    lab.awaitWhole();
    return round.reckon();
  }
}
