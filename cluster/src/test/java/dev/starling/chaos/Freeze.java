package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A node's process stands still for five seconds, and goes on as if nothing had happened. */
final class Freeze implements Fault {
  private static final int FROZEN_MILLIS = 5_000;
  private static final int WATCH_MILLIS = 2_000;
  private static final int POLL_MILLIS = 20;

  @Override
  public String name() {
    return "freeze";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.SLOWEST_SAFE, 500,
        Measure.WRONG_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.LEFT_VIEW, 3_000,
        Measure.EXPIRED_EXECUTED, 0,
        Measure.SERVES_AGAIN, 10_000);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(random.nextInt(3));
    LabNode witness = lab.other(victim);
    String id = Lab.id(victim);
    round.begin(victim);
    double droppedBefore = victim.metric("bus_requests_expired_total", "");
    round.strike(() -> victim.signal("STOP"));
    round.set(Measure.LEFT_VIEW, leftAfter(round, id, witness));
    Pause.until(round.struckNanos() + FROZEN_MILLIS * 1_000_000L);

    List<Account> uncertain = round.uncertain();
    List<Integer> before = round.lastWrites(uncertain);
    victim.signal("CONT");
    long thawed = System.nanoTime();
    double served = victim.metric("bus_requests_received_total", "service=\"users\"");
    victim.await(
        "serving again",
        () ->
            lab.services().stream().allMatch(node -> node.serving() == lab.nodes().size())
                && victim.metric("bus_requests_received_total", "service=\"users\"") > served);
    round.set(Measure.SERVES_AGAIN, (System.nanoTime() - thawed) / 1e6);
    Pause.millis(WATCH_MILLIS);
    round.end();
    lab.awaitWhole();

    round.countExpired(uncertain, before);
    round.set(
        Measure.STALE_DROPPED, victim.metric("bus_requests_expired_total", "") - droppedBefore);
    return round.reckon();
  }

  private static double leftAfter(Round round, String id, LabNode witness) {
    while (Lab.stateOf(id, witness) != null) {
      if (round.sinceStrikeMillis() > FROZEN_MILLIS) {
        return Double.POSITIVE_INFINITY;
      }
      Pause.millis(POLL_MILLIS);
    }
    return round.sinceStrikeMillis();
  }
}
