package dev.starling.chaos;

import dev.starling.load.Footprint;
import dev.starling.load.LabNode;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A service node is killed and started again, many times, while the others stay. What they keep of
 * each life of it must not add up.
 */
final class Restarts implements Fault {
  private static final double PERCENT = 100;

  private final int times;

  /**
   * @param times how often in one round
   */
  Restarts(int times) {
    this.times = times;
  }

  @Override
  public String name() {
    return "restarts";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.MORE_THREADS, 5,
        Measure.MORE_DESCRIPTORS, 5,
        Measure.MORE_HEAP, 5,
        Measure.MORE_REGISTRATIONS, 5);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    LabNode victim = lab.services().get(random.nextInt(3));
    List<LabNode> others = lab.nodes().stream().filter(node -> node != victim).toList();
    // What is made once for the first loss, such as the classes for it, is no growth.
    restart(lab, victim, 3);
    List<Footprint> before = others.stream().map(Footprint::of).toList();
    round.begin();
    round.strike(() -> {});
    restart(lab, victim, times);
    round.end();
    List<Footprint> after = others.stream().map(Footprint::of).toList();
    for (int i = 0; i < before.size(); i++) {
      round.note(others.get(i).name() + ": " + before.get(i) + " -> " + after.get(i));
    }
    Footprint one = Footprint.sum(before);
    Footprint other = Footprint.sum(after);
    round
        .set(Measure.MORE_THREADS, growth(one.threads(), other.threads()))
        .set(Measure.MORE_DESCRIPTORS, growth(one.descriptors(), other.descriptors()))
        .set(Measure.MORE_HEAP, growth(one.heapBytes(), other.heapBytes()))
        .set(Measure.MORE_REGISTRATIONS, growth(one.registrations(), other.registrations()));
    return round.reckon();
  }

  private static void restart(Lab lab, LabNode victim, int times) {
    for (int i = 0; i < times; i++) {
      victim.kill();
      victim.start();
      lab.awaitWhole();
    }
  }

  private static double growth(double before, double after) {
    return PERCENT * (after - before) / before;
  }
}
