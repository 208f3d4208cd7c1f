package dev.starling.chaos;

import dev.starling.load.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A network namespace for each zone, joined by a bridge, so that zones can be cut off from each
 * other without a word: packets are lost, nothing is refused. Needs root and iproute2.
 *
 * <p>A cut gives the sender a wrong hardware address for the receiver, to which its packets then
 * go. It takes effect for open connections too, and in one direction only, so that both can be cut
 * alone.
 *
 * <p>The load generator and the database stay where they are, in the host's own namespace; the
 * first reaches every zone always, the second has an address of its own that can be cut.
 */
final class Namespaces implements Layout, AutoCloseable {
  private static final String BRIDGE = "starling-chaos";
  private static final String NETWORK = "10.88.77.";
  private static final String NOBODY = "02:00:00:00:00:99";

  /** Where the generator calls from. */
  static final String LOAD_HOST = NETWORK + 1;

  /** Where the database is reached. */
  static final String DATABASE_HOST = NETWORK + 2;

  private final List<String> settings;
  private final List<String[]> cuts = new ArrayList<>();

  private Namespaces(List<String> settings) {
    this.settings = settings;
  }

  /**
   * @param settings that every node needs besides its address, as {@code NAME=value}
   */
  static Namespaces create(List<String> settings) {
    Namespaces namespaces = new Namespaces(settings);
    try {
      namespaces.build();
      return namespaces;
    } catch (RuntimeException e) {
      namespaces.close();
      throw e;
    }
  }

  @Override
  public String host(String zone) {
    return NETWORK + (11 + Lab.ZONES.indexOf(zone));
  }

  @Override
  public List<String> launcher(String zone) {
    return List.of("ip", "netns", "exec", namespace(zone));
  }

  @Override
  public List<String> settings(String zone) {
    return settings;
  }

  @Override
  public Optional<String> seeds(int clusterPort) {
    return Optional.of(
        Lab.ZONES.stream()
            .map(zone -> host(zone) + ":" + clusterPort)
            .collect(Collectors.joining(",")));
  }

  /** Loses what the zone sends to that address from now on. */
  void cut(String zone, String address) {
    neighbour("replace", zone, address);
    cuts.add(new String[] {zone, address});
  }

  /** Takes every cut back. */
  void heal() {
    for (String[] cut : cuts) {
      Shell.run(
          "ip", "-n", namespace(cut[0]), "neighbour", "delete", cut[1], "dev", device(cut[0]));
    }
    cuts.clear();
  }

  @Override
  public void close() {
    for (String zone : Lab.ZONES) {
      // The kernel takes a namespace down in its own time, and its end of the link with it.
      attempt("ip", "link", "delete", "chaos-" + zone);
      attempt("ip", "netns", "delete", namespace(zone));
    }
    attempt("ip", "link", "delete", BRIDGE);
  }

  private void build() {
    Shell.run("ip", "link", "add", BRIDGE, "type", "bridge");
    Shell.run("ip", "address", "add", LOAD_HOST + "/24", "dev", BRIDGE);
    Shell.run("ip", "address", "add", DATABASE_HOST + "/24", "dev", BRIDGE);
    Shell.run("ip", "link", "set", BRIDGE, "up");
    for (String zone : Lab.ZONES) {
      String namespace = namespace(zone);
      String outside = "chaos-" + zone;
      Shell.run("ip", "netns", "add", namespace);
      Shell.run(
          "ip",
          "link",
          "add",
          outside,
          "type",
          "veth",
          "peer",
          "name",
          device(zone),
          "netns",
          namespace);
      Shell.run("ip", "link", "set", outside, "master", BRIDGE, "up");
      Shell.run("ip", "-n", namespace, "address", "add", host(zone) + "/24", "dev", device(zone));
      Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
      Shell.run("ip", "-n", namespace, "link", "set", device(zone), "up");
    }
  }

  private static void neighbour(String verb, String zone, String address) {
    Shell.run(
        "ip",
        "-n",
        namespace(zone),
        "neighbour",
        verb,
        address,
        "lladdr",
        NOBODY,
        "nud",
        "permanent",
        "dev",
        device(zone));
  }

  private static String namespace(String zone) {
    return "starling-chaos-" + zone;
  }

  private static String device(String zone) {
    return "zone-" + zone;
  }

  private static void attempt(String... command) {
    try {
      Shell.run(command);
    } catch (IllegalStateException e) {
      // It was not there, which is what is wanted.
      assert e.getMessage() != null;
    }
  }
}
