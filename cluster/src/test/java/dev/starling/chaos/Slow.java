package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.Map;
import java.util.Random;

/** A node is slow: it stands still for two thirds of the time, 60 ms at a time. */
final class Slow implements Fault {
  private static final int SLOW_MILLIS = 4_000;
  private static final int STOPPED_MILLIS = 60;
  private static final int RUNNING_MILLIS = 30;

  @Override
  public String name() {
    return "slow";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.FAILED_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.RECOVERY, 500,
        Measure.EVICTED, 0);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(random.nextInt(3));
    LabNode witness = lab.other(victim);
    String id = Lab.id(victim);
    round.begin(victim);
    round.strike(() -> {});
    while (round.sinceStrikeMillis() < SLOW_MILLIS) {
      victim.signal("STOP");
      Pause.millis(STOPPED_MILLIS);
      victim.signal("CONT");
      Pause.millis(RUNNING_MILLIS);
    }
    round.set(Measure.EVICTED, Lab.stateOf(id, witness) == null ? 1 : 0);
    round.end();
    lab.awaitWhole();
    return round.reckon();
  }
}
