package dev.starling.policy.cache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request asks for, and who asks, as far as an answer may depend on it. */
public interface Asked {

  /** The operation's id. */
  String operation();

  /** The values of the path's parameters, decoded, in the order of the template. */
  List<String> path();

  /** The raw query string without the question mark; empty for none. */
  String query();

  /** The value of a request header; null when there is none. */
  @Nullable String header(String name);

  /** Who asks; null when nobody signed in. */
  @Nullable String consumer();

  /** Whose tenant asks; null when there is none. */
  @Nullable String tenant();
}
