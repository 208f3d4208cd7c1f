package dev.starling.edge;

import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** The methods that operations can have; others are not routed. */
enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  DELETE,
  PATCH,
  OPTIONS;

  private static final Method[] VALUES = values();

  /** The method of a request; null for one that no operation has. */
  static @Nullable Method of(HttpMethod method) {
    // Vert.x keeps one object for each of these, and most requests read.
    if (method == HttpMethod.GET) {
      return GET;
    } else if (method == HttpMethod.POST) {
      return POST;
    } else if (method == HttpMethod.PUT) {
      return PUT;
    } else if (method == HttpMethod.DELETE) {
      return DELETE;
    } else if (method == HttpMethod.PATCH) {
      return PATCH;
    } else if (method == HttpMethod.HEAD) {
      return HEAD;
    }
    return method == HttpMethod.OPTIONS ? OPTIONS : null;
  }

  static @Nullable Method of(String name) {
    for (Method method : VALUES) {
      if (method.name().equals(name)) {
        return method;
      }
    }
    return null;
  }

  int bit() {
    return 1 << ordinal();
  }

  /** The value of an {@code Allow} header; {@code HEAD} and {@code OPTIONS} come by themselves. */
  static String allow(int bits) {
    int all = bits | OPTIONS.bit() | ((bits & GET.bit()) != 0 ? HEAD.bit() : 0);
    StringBuilder allow = new StringBuilder();
    for (Method method : VALUES) {
      if ((all & method.bit()) != 0) {
        allow.append(allow.isEmpty() ? "" : ", ").append(method.name());
      }
    }
    return allow.toString();
  }
}
