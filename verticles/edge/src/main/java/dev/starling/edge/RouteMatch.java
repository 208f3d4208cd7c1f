package dev.starling.edge;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RouteTable#find} found. Not thread-safe: an event loop keeps one and looks each
 * request up into it.
 */
final class RouteMatch {
  private @Nullable Route route;
  private int allowed;
  private int[] bounds = new int[16];
  private int parameters;

  /** The route, or null when the path has none for the method. */
  @Nullable Route route() {
    return route;
  }

  /** The methods that the path has, as {@link Method#bit()}s; zero when there is no such path. */
  int allowed() {
    return allowed;
  }

  /** The values of the path's parameters, in order. */
  List<String> parameters(String path) {
    return switch (parameters) {
      case 0 -> List.of();
      case 1 -> List.of(parameter(path, 0));
      case 2 -> List.of(parameter(path, 0), parameter(path, 1));
      default -> {
        String[] values = new String[parameters];
        for (int i = 0; i < parameters; i++) {
          values[i] = parameter(path, i);
        }
        yield List.of(values);
      }
    };
  }

  void clear() {
    route = null;
    allowed = 0;
    parameters = 0;
  }

  void allow(int methods) {
    allowed |= methods;
  }

  void found(Route newRoute, int parameterCount) {
    route = newRoute;
    parameters = parameterCount;
  }

  void capture(int parameter, int start, int end) {
    if (bounds.length < 2 * parameter + 2) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * parameter] = start;
    bounds[2 * parameter + 1] = end;
  }

  private String parameter(String path, int index) {
    return path.substring(bounds[2 * index], bounds[2 * index + 1]);
  }
}
