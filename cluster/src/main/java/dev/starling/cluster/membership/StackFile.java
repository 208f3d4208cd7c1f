package dev.starling.cluster.membership;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The JGroups stack of a configuration: the XML with every <code>${starling.…}</code> replaced.
 *
 * <p>Stateless. Resolves the seeds' names, so it may wait for DNS. Every failure is a {@link
 * MembershipException}. Other placeholders are left to JGroups, which looks them up in system
 * properties.
 */
final class StackFile {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(starling\\.[a-z-]*)}");

  private StackFile() {}

  static String load(MembershipConfig config) {
    String name = config.stack().map(Path::toString).orElseGet(() -> resource(config.discovery()));
    Map<String, String> values = values(config);
    return PLACEHOLDER
        .matcher(read(config))
        .replaceAll(
            found -> {
              String value = values.get(found.group(1));
              if (value == null) {
                throw new MembershipException(
                    "stack %s: ${%s} (expected: one of %s)"
                        .formatted(name, found.group(1), values.keySet()));
              }
              return Matcher.quoteReplacement(value);
            });
  }

  private static String resource(Discovery discovery) {
    return discovery instanceof Discovery.Dns ? "jgroups-kubernetes.xml" : "jgroups-static.xml";
  }

  private static String read(MembershipConfig config) {
    try {
      if (config.stack().isPresent()) {
        return Files.readString(config.stack().get());
      }
      String resource = resource(config.discovery());
      try (InputStream in = StackFile.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new MembershipException("stack %s: not in the jar".formatted(resource));
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new MembershipException(
          "stack %s: cannot be read (expected: a JGroups XML file)"
              .formatted(config.stack().orElseThrow()));
    }
  }

  private static Map<String, String> values(MembershipConfig config) {
    Map<String, String> values = new TreeMap<>();
    values.put("starling.host", config.host());
    values.put("starling.port", Integer.toString(config.port()));
    values.put("starling.port-range", Integer.toString(config.portRange()));
    if (config.discovery() instanceof Discovery.Dns dns) {
      values.put("starling.dns-query", dns.query());
    } else if (config.discovery() instanceof Discovery.Static fixed) {
      values.put("starling.seeds", seeds(config, fixed.seeds()));
    }
    return values;
  }

  private static String seeds(MembershipConfig config, List<Discovery.Seed> seeds) {
    if (seeds.isEmpty()) {
      return IntStream.rangeClosed(config.port(), config.port() + config.portRange())
          .mapToObj(port -> "%s[%d]".formatted(config.host(), port))
          .collect(Collectors.joining(","));
    }
    return seeds.stream()
        .map(
            seed -> "%s[%d]".formatted(resolve("seeds", seed.host()).getHostAddress(), seed.port()))
        .collect(Collectors.joining(","));
  }

  /** Looks a host up; may wait for DNS. */
  static InetAddress resolve(String setting, String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new MembershipException(
          "%s: \"%s\" cannot be resolved (expected: a name that DNS knows, or an IP address)"
              .formatted(setting, host));
    }
  }
}
