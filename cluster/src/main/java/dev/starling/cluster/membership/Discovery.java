package dev.starling.cluster.membership;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a node finds the first member to talk to; also says which JGroups stack is used. Immutable.
 */
public sealed interface Discovery {
  /** A host and the membership port of a node there; the port is 1..65535. */
  record Seed(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\s]+):(\\d{1,5})");

    /** Checks host and port. */
    public Seed {
      HostName.check("seeds", host);
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("seeds: port %d (expected: 1..65535)".formatted(port));
      }
    }

    /** Reads {@code host:port}; an IPv6 address stands in brackets. */
    public static Seed parse(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "seeds: \"%s\" (expected: host:port, such as node-1:7800)".formatted(text));
      }
      String host = matcher.group(1).replaceAll("[\\[\\]]", "");
      return new Seed(host, Integer.parseInt(matcher.group(2)));
    }
  }

  /**
   * A fixed list; stack {@code jgroups-static.xml}. One seed that is alive is enough. Empty means
   * the ports of this node's own range on its own host: several nodes on one machine.
   */
  record Static(List<Seed> seeds) implements Discovery {
    /** Copies the list. */
    public Static {
      seeds = List.copyOf(seeds);
    }
  }

  /**
   * A DNS name with one address per node, as of a headless Kubernetes service; stack {@code
   * jgroups-kubernetes.xml}. It is asked again while the node runs, and may be empty at first.
   */
  record Dns(String query) implements Discovery {
    /** Checks the name. */
    public Dns {
      HostName.check("dns-query", query);
    }
  }
}
