package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A node stands still for longer than the writes that are sent to it are worth, and not for so long
 * that it has lost its database in the meantime: then it refuses writes anyway.
 */
final class Nap implements Fault {
  private static final int FROZEN_MILLIS = 1_200;
  private static final int WRITES = 60;
  private static final int DEADLINE_MILLIS = 300;
  private static final int WATCH_MILLIS = 2_000;

  @Override
  public String name() {
    return "nap";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.EXPIRED_EXECUTED, 0);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(random.nextInt(3));
    round.begin(victim);
    double droppedBefore = victim.metric("bus_requests_expired_total", "");
    round.strike(() -> victim.signal("STOP"));
    round.writeAtOnce(WRITES, DEADLINE_MILLIS);
    Pause.until(round.struckNanos() + FROZEN_MILLIS * 1_000_000L);

    List<Account> uncertain = round.uncertain();
    List<Integer> before = round.lastWrites(uncertain);
    victim.signal("CONT");
    Pause.millis(WATCH_MILLIS);
    round.end();
    lab.awaitWhole();
    round.countExpired(uncertain, before);
    round.set(
        Measure.STALE_DROPPED, victim.metric("bus_requests_expired_total", "") - droppedBefore);
    return round.reckon();
  }
}
