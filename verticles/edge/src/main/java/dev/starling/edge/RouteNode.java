package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * One segment in the trie of a {@link RouteTable}. It is changed only while its table is made and
 * published safely with it.
 */
final class RouteNode {
  private final String segment;
  private final int hash;
  private final @Nullable Route[] routes = new Route[Method.values().length];
  private int methods;
  private @Nullable RouteNode parameter;
  // Open addressing, linear probing, at most half full; the size is a power of two.
  private @Nullable RouteNode[] children = new RouteNode[2];
  private int childCount;

  RouteNode() {
    this("");
  }

  private RouteNode(String segment) {
    this.segment = segment;
    this.hash = segment.hashCode();
  }

  int methods() {
    return methods;
  }

  /** What answers the method here: what answers {@code GET} answers {@code HEAD} too. */
  @Nullable Route route(Method method) {
    Route route = routes[method.ordinal()];
    return route == null && method == Method.HEAD ? routes[Method.GET.ordinal()] : route;
  }

  @Nullable RouteNode parameter() {
    return parameter;
  }

  /**
   * The child for the segment of {@code path} from {@code start} to {@code end}.
   *
   * @param segmentHash as {@link String#hashCode()} of the segment
   */
  @Nullable RouteNode child(String path, int start, int end, int segmentHash) {
    int mask = children.length - 1;
    for (int slot = spread(segmentHash) & mask; ; slot = slot + 1 & mask) {
      RouteNode child = children[slot];
      if (child == null) {
        return null;
      }
      if (child.hash == segmentHash
          && child.segment.length() == end - start
          && path.startsWith(child.segment, start)) {
        return child;
      }
    }
  }

  RouteNode addParameter() {
    RouteNode node = parameter;
    if (node == null) {
      node = new RouteNode();
      parameter = node;
    }
    return node;
  }

  RouteNode addChild(String text) {
    RouteNode existing = child(text, 0, text.length(), text.hashCode());
    if (existing != null) {
      return existing;
    }
    if (++childCount * 2 > children.length) {
      RouteNode[] old = children;
      children = new RouteNode[old.length * 2];
      for (RouteNode child : old) {
        if (child != null) {
          put(child);
        }
      }
    }
    RouteNode added = new RouteNode(text);
    put(added);
    return added;
  }

  /** Adds a route unless the method is taken, and returns the one that is there then. */
  Route add(Method method, Route route) {
    Route taken = routes[method.ordinal()];
    if (taken != null) {
      return taken;
    }
    routes[method.ordinal()] = route;
    methods |= method.bit();
    return route;
  }

  private void put(RouteNode child) {
    int mask = children.length - 1;
    int slot = spread(child.hash) & mask;
    while (children[slot] != null) {
      slot = slot + 1 & mask;
    }
    children[slot] = child;
  }

  /** Segments that differ in their last character have neighbouring hashes; this parts them. */
  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }
}
