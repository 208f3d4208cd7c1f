package dev.starling.chaos;

import dev.starling.load.Pause;
import java.util.Map;
import java.util.Random;

/** A zone is heard no more, but hears: what it sends to the other zones is lost. */
final class OneWayCut implements Fault {
  private static final int CUT_MILLIS = 8_000;

  private final Namespaces network;

  OneWayCut(Namespaces network) {
    this.network = network;
  }

  @Override
  public String name() {
    return "oneway";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.RECOVERY, 2_000,
        Measure.LOST_WRITES, 0,
        Measure.SERVES_AGAIN, 10_000);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    String zone = Lab.ZONES.get(random.nextInt(Lab.ZONES.size()));
    round.begin(lab.service(zone));
    round.strike(
        () -> {
          for (String other : Lab.ZONES) {
            if (!other.equals(zone)) {
              network.cut(zone, network.host(other));
            }
          }
        });
    Pause.until(round.struckNanos() + CUT_MILLIS * 1_000_000L);
    long healed = System.nanoTime();
    network.heal();
    lab.awaitWhole();
    round.set(Measure.SERVES_AGAIN, (System.nanoTime() - healed) / 1e6);
    CallLog majority = round.end().only(sample -> !sample.zone().equals(zone));
    round
        .set(Measure.FAILED_SAFE, majority.failedSafe())
        .set(Measure.SLOWEST_SAFE, majority.slowestSafeMillis())
        .set(Measure.FAILED_UNSAFE, majority.failedUnsafe())
        .set(Measure.WRONG_UNSAFE, majority.wrongUnsafe(round.earliest(), round.latest()))
        .set(Measure.LONGEST_GAP, majority.longestGapMillis())
        .set(Measure.RECOVERY, majority.recoveryMillis(round.callsPerSecond() * 2 / 3));
    return round.reckon();
  }
}
