package dev.starling.chaos;

import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.Map;
import java.util.Random;

/** Every node is stopped with SIGTERM and started again, one after the other. */
final class Roll implements Fault {
  private final int leastCalls;

  /**
   * @param leastCalls the load goes on after the last node is back until there were that many
   */
  Roll(int leastCalls) {
    this.leastCalls = leastCalls;
  }

  @Override
  public String name() {
    return "roll";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.FAILED_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.BAD_EXITS, 0);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    round.begin();
    round.strike(() -> {});
    int badExits = 0;
    for (LabNode node : round.lab().nodes()) {
      node.signal("TERM");
      int code = node.awaitEnd();
      if (code != 0) {
        badExits++;
        round.note(node.name() + " ended with " + code);
      }
      node.start();
      round.lab().awaitWhole();
    }
    Pause.until(round.struckNanos() + (long) (leastCalls * 1e9 / round.callsPerSecond()));
    round.end();
    round.set(Measure.BAD_EXITS, badExits);
    return round.reckon();
  }
}
