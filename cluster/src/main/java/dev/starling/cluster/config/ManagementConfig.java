package dev.starling.cluster.config;

import dev.starling.sdk.Bounds;
import dev.starling.sdk.Secret;
import org.jspecify.annotations.Nullable;

/**
 * Where operators reach the node.
 *
 * @param host loopback unless set: the port shows what the node is made of
 * @param port 0 takes a free one
 * @param token what operators show to change something or to see more than probes and metrics; when
 *     it is not set, it is asked for off loopback only, and generated into the data directory
 */
public record ManagementConfig(String host, int port, Secret token) {
  /** 16 characters of 64 kinds are 96 bits, which nobody guesses over a network. */
  private static final int MIN_TOKEN = 16;

  private static final int MAX_TOKEN = 1024;

  public ManagementConfig {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host: \"\" (expected: an address of this machine)");
    }
    Bounds.within("port", port, 0, 65_535);
    if (token.isPresent()) {
      String problem = problemOf(token.value());
      if (problem != null) {
        throw new IllegalArgumentException("token: " + problem);
      }
    }
  }

  public static ManagementConfig defaults() {
    return new ManagementConfig("127.0.0.1", 9090, Secret.NONE);
  }

  /** What is wrong with a token, without showing it; null when it can be used. */
  public static @Nullable String problemOf(String token) {
    boolean good =
        token.length() >= MIN_TOKEN
            && token.length() <= MAX_TOKEN
            && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return good
        ? null
        : token.length()
            + " characters (expected: "
            + MIN_TOKEN
            + ".."
            + MAX_TOKEN
            + " visible ASCII characters)";
  }
}
