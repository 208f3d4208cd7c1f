package dev.starling.ratelimiter;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is counted together, where, and how much of it is allowed.
 *
 * @param name clients and metrics see it; lower-case letters, digits and hyphens
 * @param per what calls are counted by: a {@link KeyPart}, or several of them, which are then
 *     counted in combination
 * @param routes operation ids, {@code *} standing for any characters; empty for all
 * @param windows all of them hold at once; none turns the policy off
 */
public record PolicyConfig(
    String name,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<KeyPart> per,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> routes,
    List<WindowConfig> windows) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
  private static final Pattern ROUTE = Pattern.compile("[!-~]{1,128}");
  private static final int MAX_ROUTES = 1000;
  private static final int MAX_WINDOWS = 4;

  public PolicyConfig {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: " + shown(name) + " (expected: 1..64 lower-case letters, digits and hyphens)");
    }
    if (windows == null || windows.size() > MAX_WINDOWS) {
      throw new IllegalArgumentException(
          "windows: "
              + (windows == null ? "missing" : windows.size())
              + " (expected: a list of at most "
              + MAX_WINDOWS
              + ", empty to turn the policy off)");
    }
    windows = entries("windows", windows, "a window");
    per = per == null ? List.of() : entries("per", per, "consumer, route or ip");
    if (Set.copyOf(per).size() < per.size() || (per.isEmpty() && !windows.isEmpty())) {
      throw new IllegalArgumentException(
          "per: " + per + " (expected: some of consumer, route and ip, each at most once)");
    }
    routes = routes == null ? List.of() : entries("routes", routes, "an operation's id");
    requireRoutes(routes);
    requireDistinctLengths(windows);
  }

  /** The name of a window: the policy's, and its length where there are several. */
  String windowName(WindowConfig window) {
    return windows.size() == 1 ? name : name + "-" + window.length();
  }

  /** An immutable copy of a list that may come with holes from a file. */
  static <T> List<T> entries(String key, List<T> list, String expected) {
    if (list.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException(key + ": an empty entry (expected: " + expected + ")");
    }
    return List.copyOf(list);
  }

  private static void requireRoutes(List<String> routes) {
    if (routes.size() > MAX_ROUTES) {
      throw new IllegalArgumentException(
          "routes: " + routes.size() + " of them (expected: at most " + MAX_ROUTES + ")");
    }
    for (String route : routes) {
      if (!ROUTE.matcher(route).matches()) {
        throw new IllegalArgumentException(
            "routes: '" + route + "' (expected: an operation's id such as users.get or auth.*)");
      }
    }
  }

  private static void requireDistinctLengths(List<WindowConfig> windows) {
    Set<Duration> lengths = new HashSet<>();
    for (WindowConfig window : windows) {
      if (!lengths.add(window.window())) {
        throw new IllegalArgumentException(
            "windows: two of " + window.length() + " (expected: each length once)");
      }
    }
  }

  private static String shown(@Nullable String text) {
    return text == null ? "missing" : "'" + text + "'";
  }
}
