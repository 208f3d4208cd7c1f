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
public final class Namespaces implements Layout, AutoCloseable {
  private static final String NOBODY = "02:00:00:00:00:99";

  private final String name;
  private final String network;
  private final List<String> settings;
  private final List<String[]> cuts = new ArrayList<>();

  private Namespaces(String name, String network, List<String> settings) {
    this.name = name;
    this.network = network;
    this.settings = List.copyOf(settings);
  }

  /**
   * Makes them; there may be several, each with a name and a network of its own.
   *
   * @param name at most eight characters
   * @param network the first three bytes of its addresses, e.g. {@code 10.88.77}
   * @param settings that every node needs besides its address, as {@code NAME=value}
   */
  public static Namespaces create(String name, String network, List<String> settings) {
    Namespaces namespaces = new Namespaces(name, network, settings);
    // A run that was killed leaves its own behind.
    namespaces.close();
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
    return network + "." + (11 + Lab.ZONES.indexOf(zone));
  }

  /** Where the generator calls from. */
  private String loadHost() {
    return network + ".1";
  }

  /** Where databases are reached in that network. */
  public static String databaseHost(String network) {
    return network + ".2";
  }

  public String databaseHost() {
    return databaseHost(network);
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
  public void cut(String zone, String address) {
    neighbour("replace", zone, address);
    cuts.add(new String[] {zone, address});
  }

  /** Takes every cut back. */
  public void heal() {
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
      attempt("ip", "link", "delete", name + "-" + zone);
      attempt("ip", "netns", "delete", namespace(zone));
    }
    attempt("ip", "link", "delete", bridge());
  }

  private void build() {
    Shell.run("ip", "link", "add", bridge(), "type", "bridge");
    Shell.run("ip", "address", "add", loadHost() + "/24", "dev", bridge());
    Shell.run("ip", "address", "add", databaseHost() + "/24", "dev", bridge());
    Shell.run("ip", "link", "set", bridge(), "up");
    for (String zone : Lab.ZONES) {
      String namespace = namespace(zone);
      String outside = name + "-" + zone;
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
      Shell.run("ip", "link", "set", outside, "master", bridge(), "up");
      Shell.run("ip", "-n", namespace, "address", "add", host(zone) + "/24", "dev", device(zone));
      Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
      Shell.run("ip", "-n", namespace, "link", "set", device(zone), "up");
    }
  }

  private void neighbour(String verb, String zone, String address) {
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

  private String bridge() {
    return "starling-" + name;
  }

  private String namespace(String zone) {
    return "starling-" + name + "-" + zone;
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
