package dev.starling.sink;

import dev.starling.contract.event.EventContract;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.shards.Shards;
import dev.starling.redis.Redis;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/** Copies events to a stream outside; without one in its configuration it does nothing. */
public final class SinkVerticle extends ServiceVerticle {
  private static final String SECTION = "sink";

  @Override
  public Map<String, Record> settings() {
    return Map.of(SECTION, SinkConfig.defaults());
  }

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  /** It waits for the stream most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    SinkConfig config = node().config(SECTION, SinkConfig.defaults());
    if (!config.redis().configured()) {
      return Future.succeededFuture();
    }
    Redis redis =
        node()
            .find(Redis.class)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "sink.redis.stream: %s (expected: none, or redis.uri)"
                            .formatted(config.redis().stream())));
    Shards shards = node().resource(Shards.class);
    Set<String> types = Set.copyOf(config.types());
    Copying copying = new Copying(new RedisStreamSink(redis, config.redis()), types);
    return Outbox.prepare(node(), shards)
        .compose(prepared -> Outbox.subscribe(shards, name(), types))
        .compose(
            subscribed ->
                serve(
                    EventContract.deliver(name()),
                    BookingDelay.measured(node(), name(), copying::receive)));
  }
}
