package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.Map;
import java.util.Random;

/**
 * A node's process is killed.
 *
 * <p>The first loss in the life of a cluster is a fault of its own, {@code cold}: the code that
 * handles connections and chooses nodes was compiled by JVMs that had never seen one close or
 * leave, and is compiled anew just then, by all of them, on the two cores that they share.
 */
final class Kill implements Fault {
  private static final int WATCH_MILLIS = 3_000;

  private final String name;
  private final int slowestMillis;
  private int firstVictim;

  private Kill(String name, int slowestMillis, int firstVictim) {
    this.name = name;
    this.slowestMillis = slowestMillis;
    this.firstVictim = firstVictim;
  }

  /** In a cluster in which nothing has ever failed; leaves the database's starter to the others. */
  static Kill cold() {
    return new Kill("cold", 500, 1);
  }

  /** The first round kills the node that started the database. */
  static Kill warm() {
    return new Kill("kill", 100, 0);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.SLOWEST_SAFE, slowestMillis,
        Measure.WRONG_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.RECOVERY, 500);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(chosen(random));
    round.begin(victim);
    round.strike(victim::kill);
    Pause.millis(WATCH_MILLIS);
    round.end();
    victim.start();
    lab.awaitWhole();
    return round.reckon();
  }

  private int chosen(Random random) {
    int victim = firstVictim < 0 ? random.nextInt(3) : firstVictim;
    firstVictim = -1;
    return victim;
  }
}
