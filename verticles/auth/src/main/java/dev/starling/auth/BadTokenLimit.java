package dev.starling.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bad tokens of each client address and says who has sent too many.
 *
 * <p>Thread-safe; shared by the instances of a node. Windows are fixed: an address that passed the
 * limit is refused until its window ends. The number of addresses is bounded; the least recently
 * used is forgotten. IPv6 addresses count by their /64, which is what one customer has.
 */
final class BadTokenLimit {
  private static final int PREFIX_GROUPS = 4;

  private final int limit;
  private final long windowMillis;
  private final Cache<String, Window> windows;

  private record Window(long startMillis, int count) {}

  BadTokenLimit(AuthConfig.BadTokens config) {
    this.limit = config.limit();
    this.windowMillis = config.window().toMillis();
    this.windows =
        Caffeine.newBuilder()
            .maximumSize(config.maxAddresses())
            // Only frees memory; whether a window is over is decided by the time passed in.
            .expireAfterWrite(config.window().plus(Duration.ofSeconds(1)))
            .executor(Runnable::run)
            .build();
  }

  /** How long this address must wait, rounded up to seconds; 0 when it need not. */
  int retryAfterSeconds(String address, long nowMillis) {
    if (windows.estimatedSize() == 0) {
      return 0;
    }
    Window window = windows.getIfPresent(network(address));
    if (window == null || window.count <= limit) {
      return 0;
    }
    long left = window.startMillis + windowMillis - nowMillis;
    return left <= 0 ? 0 : (int) ((left + 999) / 1000);
  }

  /** Counts a bad token. */
  void count(String address, long nowMillis) {
    windows.asMap().compute(network(address), (key, window) -> counted(window, nowMillis));
  }

  private Window counted(@Nullable Window window, long nowMillis) {
    return window == null || nowMillis >= window.startMillis + windowMillis
        ? new Window(nowMillis, 1)
        : new Window(window.startMillis, window.count + 1);
  }

  /** The first four groups of an IPv6 address, fewer when zeros are left out; IPv4 as it is. */
  static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    int end = -1;
    for (int groups = 0; groups < PREFIX_GROUPS; groups++) {
      end = address.indexOf(':', end + 1);
      if (end < 0) {
        return address;
      }
      if (end + 1 < address.length() && address.charAt(end + 1) == ':') {
        break;
      }
    }
    return address.substring(0, end) + "::/64";
  }
}
