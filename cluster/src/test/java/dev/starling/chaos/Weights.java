package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.Map;
import java.util.Random;

/**
 * No fault: the services have 1, 1 and 2 instances on the three nodes, and the edges are in a zone
 * of their own, so that no node is nearer than another. Needs a lab that was started so.
 */
final class Weights implements Fault {
  private static final int WATCH_MILLIS = 6_000;
  private static final double PERCENT = 100;

  /** Of the services in zones a, b and c. */
  private static final int[] INSTANCES = {1, 1, 2};

  /** Settings of the lab for it. */
  static void prepare(LabNode node) {
    if (node.isEdge()) {
      node.set("STARLING_ZONE", "edges");
    } else {
      String instances = "" + INSTANCES[Lab.ZONES.indexOf(node.zone())];
      for (String verticle : new String[] {"AUTH", "RATE_LIMITER", "USERS", "PING"}) {
        node.set("STARLING_VERTICLES_" + verticle + "_INSTANCES", instances);
      }
    }
  }

  @Override
  public String name() {
    return "weights";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(Measure.FAILED_SAFE, 0, Measure.FAILED_UNSAFE, 0, Measure.UNEVEN, 10);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    round.begin();
    round.strike(() -> {});
    Map<LabNode, Double> before = lab.received();
    Pause.millis(WATCH_MILLIS);
    Map<LabNode, Double> after = lab.received();
    round.end();
    double all = after.keySet().stream().mapToDouble(n -> after.get(n) - before.get(n)).sum();
    double worst = 0;
    for (LabNode node : lab.services()) {
      double share = PERCENT * (after.get(node) - before.get(node)) / all;
      double wanted = PERCENT * INSTANCES[Lab.ZONES.indexOf(node.zone())] / 4;
      round.note("%s got %.1f %% (expected: %.0f %%)".formatted(node.name(), share, wanted));
      worst = Math.max(worst, PERCENT * Math.abs(share - wanted) / wanted);
    }
    round.set(Measure.UNEVEN, worst);
    return round.reckon();
  }
}
