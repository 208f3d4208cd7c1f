package dev.starling.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures requests as OpenTelemetry's HTTP conventions name them. An event loop keeps one, so that
 * finding a meter takes no lock; the meters themselves are shared by the node.
 */
final class RequestMeters {
  private static final String NONE = "none";

  /** The buckets that the convention advises, in milliseconds. */
  private static final Duration[] BUCKETS =
      Stream.of(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final String scheme;
  private final Counter limiterSkipped;
  private final Counter headersDropped;
  private final Map<Route, Timers> byRoute = new IdentityHashMap<>();

  /** By the name of the bulkhead. */
  private final Map<String, Timer> waits = new HashMap<>();

  private final Timers unrouted = new Timers(NONE);
  private long catalogVersion;

  RequestMeters(MeterRegistry registry, String scheme) {
    this.registry = registry;
    this.scheme = scheme;
    this.limiterSkipped =
        Counter.builder("edge.limiter.skipped")
            .description("Requests that went on because the rate limiter did not answer")
            .register(registry);
    this.headersDropped =
        Counter.builder("edge.headers.dropped")
            .description("Header fields of services that could have broken the answer")
            .register(registry);
  }

  void headerDropped() {
    headersDropped.increment();
  }

  void limiterSkipped() {
    limiterSkipped.increment();
  }

  /** A call waited at a bulkhead, whatever came of it. */
  void waitedAt(String bulkhead, long nanos) {
    waits.computeIfAbsent(bulkhead, this::waitsAt).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer waitsAt(String bulkhead) {
    return Timer.builder("edge.bulkhead.wait")
        .description("How long calls waited to enter a bulkhead of routes, or to be refused")
        .tag("bulkhead", bulkhead)
        .register(registry);
  }

  /** Forgets the meters of routes that may be gone. */
  void catalogIs(long version) {
    if (version != catalogVersion) {
      catalogVersion = version;
      byRoute.clear();
    }
  }

  /**
   * @param method null for one that no operation has
   * @param route null when there was none
   * @param status zero when the client left before it got one
   */
  void record(@Nullable Method method, @Nullable Route route, int status, long nanos) {
    Timers timers = unrouted;
    if (route != null) {
      Timers known = byRoute.get(route);
      if (known == null) {
        known = new Timers(route.operation().path());
        byRoute.put(route, known);
      }
      timers = known;
    }
    timers.timer(method, status).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** The meters of one route: one for each method and status that occurred, which are few. */
  private final class Timers {
    private final String route;
    private int[] keys = {};
    private Timer[] timers = {};

    Timers(String route) {
      this.route = route;
    }

    Timer timer(@Nullable Method method, int status) {
      int key = (method == null ? -1 : method.ordinal()) << 10 | status;
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] == key) {
          return timers[i];
        }
      }
      Timer timer =
          Timer.builder("http.server.request.duration")
              .description("Duration of HTTP server requests")
              .tag("http.request.method", method == null ? "_OTHER" : method.name())
              .tag("http.route", route)
              .tag("http.response.status_code", status == 0 ? NONE : Integer.toString(status))
              .tag("error.type", errorType(status))
              .tag("url.scheme", scheme)
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      keys = Arrays.copyOf(keys, keys.length + 1);
      timers = Arrays.copyOf(timers, timers.length + 1);
      keys[keys.length - 1] = key;
      timers[timers.length - 1] = timer;
      return timer;
    }
  }

  private static String errorType(int status) {
    if (status == 0) {
      return "client-closed";
    }
    return status >= 500 ? Integer.toString(status) : NONE;
  }
}
