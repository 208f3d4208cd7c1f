package dev.starling.cluster.management;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wrong tokens, counted for each address in a fixed window: who has shown too many is not listened
 * to until the window ends. Framework-free, not thread-safe; time is passed in.
 */
final class FailedAttempts {
  private static final class Window {
    final long startNanos;
    int count;

    Window(long startNanos) {
      this.startNanos = startNanos;
    }
  }

  private final int limit;
  private final long windowNanos;
  private final Map<String, Window> byAddress;

  /**
   * @param limit attempts in a window
   * @param maxAddresses that are remembered; the first one is forgotten for one more
   */
  FailedAttempts(int limit, Duration window, int maxAddresses) {
    this.limit = limit;
    this.windowNanos = window.toNanos();
    this.byAddress =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > maxAddresses;
          }
        };
  }

  /** How many nanoseconds the address has to wait; zero when it may try. */
  long waitNanos(String address, long nowNanos) {
    Window window = byAddress.get(address);
    if (window == null) {
      return 0;
    }
    long left = window.startNanos + windowNanos - nowNanos;
    if (left <= 0) {
      byAddress.remove(address);
      return 0;
    }
    return window.count < limit ? 0 : left;
  }

  void failed(String address, long nowNanos) {
    Window window = byAddress.get(address);
    if (window == null || nowNanos - window.startNanos >= windowNanos) {
      // A new window goes to the end, as the youngest.
      byAddress.remove(address);
      window = new Window(nowNanos);
      byAddress.put(address, window);
    }
    window.count++;
  }
}
