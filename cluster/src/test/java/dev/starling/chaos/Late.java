package dev.starling.chaos;

import dev.starling.load.FaultProxy;
import dev.starling.load.LabNode;
import dev.starling.load.Pause;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Everything that other nodes send to a node arrives late. Needs a lab behind proxies. */
final class Late implements Fault {
  private static final int WATCH_MILLIS = 4_000;
  private static final int DELAY_MILLIS = 60;

  /** Ports from the lab's first one on: of the event bus itself, and of the proxy before it. */
  private static final int BUS_OFFSET = 200;

  private static final int PROXY_OFFSET = 210;

  private final List<FaultProxy> proxies;

  /**
   * @param proxies in the order of the zones
   */
  Late(List<FaultProxy> proxies) {
    this.proxies = List.copyOf(proxies);
  }

  /** The proxies of a lab with these ports. */
  static List<FaultProxy> proxies(int basePort) {
    return Lab.ZONES.stream()
        .map(
            zone ->
                new FaultProxy(
                    "127.0.0.1",
                    basePort + PROXY_OFFSET + Lab.ZONES.indexOf(zone),
                    basePort + BUS_OFFSET + Lab.ZONES.indexOf(zone)))
        .toList();
  }

  /** Settings of the lab for it. */
  static void prepare(LabNode node, int basePort) {
    if (!node.isEdge()) {
      int zone = Lab.ZONES.indexOf(node.zone());
      node.set("STARLING_CLUSTER_BUS_PORT", "" + (basePort + BUS_OFFSET + zone));
      node.set("STARLING_CLUSTER_ADVERTISED_BUS", "127.0.0.1:" + (basePort + PROXY_OFFSET + zone));
    }
  }

  @Override
  public String name() {
    return "late";
  }

  @Override
  public Map<Measure, Double> bounds() {
    return Fault.bounds(
        Measure.FAILED_SAFE, 0,
        Measure.SLOWEST_SAFE, 500,
        Measure.FAILED_UNSAFE, 0,
        Measure.LOST_WRITES, 0,
        Measure.RECOVERY, 500,
        Measure.EVICTED, 0);
  }

  @Override
  public RoundResult play(Round round, Random random) {
    Lab lab = round.lab();
    int zone = random.nextInt(Lab.ZONES.size());
    LabNode victim = lab.service(Lab.ZONES.get(zone));
    LabNode witness = lab.other(victim);
    String id = Lab.id(victim);
    round.begin(victim);
    round.strike(() -> proxies.get(zone).delay(DELAY_MILLIS));
    Pause.millis(WATCH_MILLIS);
    round.set(Measure.EVICTED, Lab.stateOf(id, witness) == null ? 1 : 0);
    proxies.get(zone).delay(0);
    round.end();
    lab.awaitWhole();
    return round.reckon();
  }
}
