package dev.starling.chaos;

import java.util.Map;
import java.util.Random;

/** A node's process is killed. The first round kills the one that started the database. */
final class Kill implements Fault {
  private static final int WATCH_MILLIS = 3_000;

  private boolean databaseStarterKilled;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.SLOWEST_SAFE, 100,
        Measure.WRONG_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.RECOVERY, 500);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(databaseStarterKilled ? random.nextInt(3) : 0);
    databaseStarterKilled = true;
    round.begin(victim);
    round.strike(victim::kill);
    Pause.millis(WATCH_MILLIS);
    round.end();
    victim.start();
    lab.awaitWhole();
    return round.reckon();
  }
}
