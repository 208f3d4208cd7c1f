package dev.starling.chaos;

import dev.starling.load.Pause;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A zone loses its network: what it sends to the others and to the database is lost, and what they
 * send to it. Clients still reach both sides.
 */
final class ZoneCut implements Fault {
  private static final int CUT_MILLIS = 10_000;
  private static final int REFUSING_MILLIS = 5_000;

  private final Namespaces network;

  ZoneCut(Namespaces network) {
    this.network = network;
  }

  @Override
  public String name() {
    return "cut";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.RECOVERY, 2_000,
        Measure.REFUSES_WRITES, REFUSING_MILLIS,
        Measure.MINORITY_WRITES, 0,
        Measure.LOST_WRITES, 0,
        Measure.SERVES_AGAIN, 10_000);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    String zone = Lab.ZONES.get(random.nextInt(Lab.ZONES.size()));
    round.begin(lab.service(zone));
    round.strike(() -> cutOff(zone));
    Pause.until(round.struckNanos() + CUT_MILLIS * 1_000_000L);
    long healed = System.nanoTime();
    network.heal();
    lab.awaitWhole();
    round.set(Measure.SERVES_AGAIN, (System.nanoTime() - healed) / 1e6);
    CallLog log = round.end();

    CallLog majority = log.only(sample -> !sample.zone().equals(zone));
    CallLog minority =
        log.only(sample -> sample.zone().equals(zone) && sample.dueNanos() - healed < 0);
    round
        .set(Measure.FAILED_SAFE, majority.failedSafe())
        .set(Measure.SLOWEST_SAFE, majority.slowestSafeMillis())
        .set(Measure.FAILED_UNSAFE, majority.failedUnsafe())
        .set(Measure.WRONG_UNSAFE, majority.wrongUnsafe(round.earliest(), round.latest()))
        .set(Measure.LONGEST_GAP, majority.longestGapMillis())
        .set(Measure.RECOVERY, majority.recoveryMillis(round.callsPerSecond() * 2 / 3))
        .set(Measure.REFUSES_WRITES, minority.lastWriteMillis())
        .set(
            Measure.MINORITY_WRITES,
            minority.notRefusedWrites(round.struckNanos() + REFUSING_MILLIS * 1_000_000L));
    return round.reckon();
  }

  private void cutOff(String zone) {
    String address = network.host(zone);
    network.cut(zone, network.databaseHost());
    for (String other : List.copyOf(Lab.ZONES)) {
      if (!other.equals(zone)) {
        network.cut(zone, network.host(other));
        network.cut(other, address);
      }
    }
  }
}
