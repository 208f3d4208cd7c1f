package dev.starling.edge;

import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.sdk.PathTemplate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operation for a method and path. Immutable, so it is shared by all event loops; a
 * change of the catalog makes a new one.
 *
 * <p>Literal text wins over a parameter, segment by segment from the left; a path that is cut off
 * on the literal side is tried on the parameter side. A method that the more literal path lacks is
 * looked for on the less literal one.
 */
final class RouteTable {
  /*
   * A trie with one node for each segment. A node finds its child by a hash of the segment's
   * characters, which is computed while the segment's end is looked for, so the cost grows with the
   * length of the path and not with the number of routes. No node is visited twice in one search:
   * there is only one way to it.
   */
  static final RouteTable EMPTY = new RouteTable(new RouteNode(), List.of(), List.of());

  private final RouteNode root;
  private final List<Route> routes;
  private final List<String> conflicts;

  private RouteTable(RouteNode root, List<Route> routes, List<String> conflicts) {
    this.root = root;
    this.routes = routes;
    this.conflicts = conflicts;
  }

  /**
   * A table of all operations of these services. Of two that claim the same method and path the one
   * wins whose service, then id, comes first in the alphabet: every edge decides alike, whatever
   * the order in which it heard of them.
   */
  static RouteTable of(List<ServiceRecord> services) {
    RouteNode root = new RouteNode();
    List<Route> routes = new ArrayList<>();
    List<String> conflicts = new ArrayList<>();
    services.stream()
        .flatMap(service -> service.operations().stream().map(o -> Route.of(service.name(), o)))
        .sorted(Comparator.comparing(Route::service).thenComparing(route -> route.operation().id()))
        .forEach(
            route -> {
              String conflict = add(root, route);
              if (conflict == null) {
                routes.add(route);
              } else {
                conflicts.add(conflict);
              }
            });
    return new RouteTable(root, List.copyOf(routes), List.copyOf(conflicts));
  }

  /** The operations that can be reached, ordered by service and id. */
  List<Route> routes() {
    return routes;
  }

  /** What could not be added, one line each. */
  List<String> conflicts() {
    return conflicts;
  }

  /**
   * Looks a path up.
   *
   * @param path holds the path from {@code from} to {@code to}; it begins with a slash
   * @param method null for one that no operation has
   */
  void find(String path, int from, int to, @Nullable Method method, RouteMatch match) {
    match.clear();
    find(root, path, to - from == 1 ? to : from, to, method, match, 0);
  }

  private static boolean find(
      RouteNode node,
      String path,
      int slash,
      int to,
      @Nullable Method method,
      RouteMatch match,
      int captured) {
    if (slash == to) {
      match.allow(node.methods());
      Route route = method == null ? null : node.route(method);
      if (route == null) {
        return false;
      }
      match.found(route, captured);
      return true;
    }
    int start = slash + 1;
    int end = start;
    int hash = 0;
    for (char c; end < to && (c = path.charAt(end)) != '/'; end++) {
      hash = 31 * hash + c;
    }
    RouteNode literal = node.child(path, start, end, hash);
    if (literal != null && find(literal, path, end, to, method, match, captured)) {
      return true;
    }
    RouteNode parameter = node.parameter();
    if (parameter == null || start == end) {
      return false;
    }
    match.capture(captured, start, end);
    return find(parameter, path, end, to, method, match, captured + 1);
  }

  private static @Nullable String add(RouteNode root, Route route) {
    OperationRecord operation = route.operation();
    Method method = Method.of(operation.method());
    if (method == null || method == Method.OPTIONS) {
      return route
          + ": method "
          + operation.method()
          + " (expected: GET, POST, PUT, PATCH, DELETE)";
    }
    PathTemplate template;
    try {
      template = PathTemplate.parse(operation.path());
    } catch (IllegalArgumentException e) {
      return route + ": " + e.getMessage();
    }
    RouteNode node = root;
    for (PathTemplate.Segment segment : template.segments()) {
      node = segment.isParameter() ? node.addParameter() : node.addChild(segment.text());
    }
    Route winner = node.add(method, route);
    return winner == route ? null : route + " is hidden by " + winner;
  }
}
