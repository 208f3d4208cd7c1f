package dev.starling.edge;

import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers the rate limit contract in tests: each consumer and route has a number of permits; {@link
 * #UNLIMITED} has no limit.
 */
final class LimitVerticle extends ServiceVerticle {
  /** The operation to which no limit applies. */
  static final String UNLIMITED = "sample.free";

  private final int permits;
  private final Map<String, Integer> spent = new ConcurrentHashMap<>();

  LimitVerticle(int permits) {
    this.permits = permits;
  }

  @Override
  public String name() {
    return RateLimitContract.SERVICE;
  }

  @Override
  protected Future<?> open() {
    return serve(
        RateLimitContract.SPEND, (request, context) -> Future.succeededFuture(decide(request)));
  }

  /** How often the limit of a route was asked for. */
  int asked(String route) {
    return spent.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("@" + route))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private Decision decide(Spend request) {
    int used =
        spent.merge(request.consumer() + "@" + request.operation(), request.cost(), Integer::sum);
    if (request.operation().equals(UNLIMITED)) {
      return new Uncounted(Integer.MAX_VALUE);
    }
    List<Window> windows =
        List.of(
            new Window("burst", permits, 60, Math.max(0, permits - used), 30),
            new Window("daily", 1000, 86_400, 1000 - used, 3600));
    return used <= permits
        ? new Allowed(windows)
        : new Limited("burst", "burst", permits, used, 4200, windows);
  }
}
