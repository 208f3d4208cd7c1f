package dev.starling.chaos;

import java.util.Map;
import java.util.Random;

/**
 * Every node is replaced by one that speaks the next version of frames, one after the other; half
 * of the time both kinds are there. Needs a lab whose nodes were started with the older version.
 */
final class Upgrade implements Fault {
  private static final String VERSION = "STARLING_CLUSTER_WIRE_VERSION";

  private final Roll roll;

  Upgrade(int leastCalls) {
    this.roll = new Roll(leastCalls);
  }

  @Override
  public String name() {
    return "upgrade";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return roll.bounds();
  }

  @Override
  public RoundResult play(Round round, Random random) {
    // Every other round goes back to the older version.
    Lab lab = round.lab();
    String next = lab.nodes().get(0).setting(VERSION).equals("1") ? "2" : "1";
    lab.nodes().forEach(node -> node.set(VERSION, next));
    round.note("to version " + next);
    return roll.play(round, random);
  }
}
