package dev.starling.bus;

import java.time.Duration;
import java.util.Set;

/**
 * Bounds of the bus of one node.
 *
 * @param tick how often each context looks for calls whose deadline has passed or that are out for
 *     long, so also how late a call may end; 1 ms or more
 * @param maxInFlight calls that one context may have unanswered; one more fails with {@code
 *     OVERLOADED}
 * @param creditsPerTarget calls that this node may have unanswered at one instance, or at one
 *     service of another node; one more fails with {@code OVERLOADED}
 * @param retryReserve calls that one context may send again at once after a quiet time, beyond a
 *     tenth of all its calls: what a node had in flight when it was lost. Half as many may be
 *     hedged, beyond another tenth
 * @param maxBodyBytes the largest encoded request, reply or event that leaves the node; a larger
 *     request fails with {@code INVALID_ARGUMENT} before it is sent, a larger reply with {@code
 *     REPLY_TOO_LARGE}
 * @param streams bounds of the node's streams
 * @param wireVersion the newest version of frames that the node reads
 * @param safeguardsOff what is not done; nothing but in tests
 */
public record BusOptions(
    Duration tick,
    int maxInFlight,
    int creditsPerTarget,
    int retryReserve,
    int maxBodyBytes,
    StreamOptions streams,
    int wireVersion,
    Set<Safeguard> safeguardsOff) {

  public BusOptions {
    if (tick.toMillis() < 1) {
      throw new IllegalArgumentException("tick: " + tick + " (expected: >= 1ms)");
    }
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("max-in-flight: " + maxInFlight + " (expected: >= 1)");
    }
    if (creditsPerTarget < 1) {
      throw new IllegalArgumentException(
          "credits-per-target: " + creditsPerTarget + " (expected: >= 1)");
    }
    if (retryReserve < 0) {
      throw new IllegalArgumentException("retry-reserve: " + retryReserve + " (expected: >= 0)");
    }
    if (maxBodyBytes < 1024) {
      throw new IllegalArgumentException(
          "max-body-bytes: " + maxBodyBytes + " (expected: >= 1024)");
    }
    if (wireVersion < WireVersions.OLDEST || wireVersion > WireVersions.NEWEST) {
      throw new IllegalArgumentException(
          "wire-version: "
              + wireVersion
              + " (expected: "
              + WireVersions.OLDEST
              + ".."
              + WireVersions.NEWEST
              + ")");
    }
    safeguardsOff = Set.copyOf(safeguardsOff);
  }

  /** With the default bounds of streams and all safeguards. */
  public BusOptions(
      Duration tick, int maxInFlight, int creditsPerTarget, int retryReserve, int maxBodyBytes) {
    this(
        tick,
        maxInFlight,
        creditsPerTarget,
        retryReserve,
        maxBodyBytes,
        StreamOptions.defaults(),
        WireVersions.NEWEST,
        Set.of());
  }

  public static BusOptions defaults() {
    return new BusOptions(Duration.ofMillis(5), 8192, 4096, 256, 1 << 20);
  }

  public BusOptions withStreams(StreamOptions newStreams) {
    return with(newStreams, wireVersion, safeguardsOff);
  }

  public BusOptions withWireVersion(int newest) {
    return with(streams, newest, safeguardsOff);
  }

  public BusOptions without(Set<Safeguard> safeguards) {
    return with(streams, wireVersion, safeguards);
  }

  private BusOptions with(StreamOptions newStreams, int newest, Set<Safeguard> off) {
    return new BusOptions(
        tick, maxInFlight, creditsPerTarget, retryReserve, maxBodyBytes, newStreams, newest, off);
  }
}
