package dev.starling.chaos;

import dev.starling.load.Pause;
import dev.starling.load.Shell;
import java.util.Map;
import java.util.Random;

/**
 * The database's postmaster is killed. Calls that need it are refused until it is back; no write
 * that was acknowledged may be lost, and none that was refused may have been executed.
 */
final class DatabaseKill implements Fault {
  private static final int WATCH_MILLIS = 10_000;

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(Measure.LOST_WRITES, 0, Measure.RECOVERY, 10_000);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    round.begin();
    long pid = round.lab().databasePid();
    round.strike(() -> Shell.run("kill", "-KILL", Long.toString(pid)));
    Pause.millis(WATCH_MILLIS);
    round.end();
    round.lab().awaitWhole();
    return round.reckon();
  }
}
