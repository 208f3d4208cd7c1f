package dev.starling.sink;

import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.redis.Redis;
import dev.starling.redis.RedisException;
import dev.starling.redis.RedisException.Reason;
import dev.starling.sink.SinkConfig.RedisStream;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;

/**
 * Appends events to a Redis stream: an entry for each, with the attributes of the CloudEvent as
 * fields. Thread-safe.
 *
 * <p>A batch is one write on one connection, so its entries are in its order. The next batch of a
 * shard comes when this one is answered, over whichever connection.
 */
final class RedisStreamSink implements EventSink {
  private final Redis redis;
  private final RedisStream config;

  RedisStreamSink(Redis redis, RedisStream config) {
    this.redis = redis;
    this.config = config;
  }

  @Override
  public Future<Outcome> append(EventBatch batch, Duration limit) {
    List<Request> commands =
        batch.events().stream().map(event -> command(batch.shard(), event)).toList();
    if (commands.isEmpty()) {
      return Future.succeededFuture(new Taken());
    }
    return redis
        .sendAll(commands, limit)
        .<Outcome>map(answers -> new Taken())
        .recover(failure -> Future.succeededFuture(outcome(failure)));
  }

  private Request command(int shard, Event event) {
    return Request.cmd(Command.XADD)
        .arg(config.stream())
        // Whole nodes of the stream at a time: exact lengths cost Redis more than they are worth.
        .arg("MAXLEN")
        .arg("~")
        .arg(config.maxLength())
        .arg("*")
        .arg("id")
        .arg(event.id())
        .arg("source")
        .arg(event.source())
        .arg("type")
        .arg(event.type())
        .arg("subject")
        .arg(event.subject())
        .arg("time")
        .arg(event.time())
        .arg("aggregate")
        .arg(event.aggregate())
        .arg("owner")
        .arg(event.owner())
        .arg("shard")
        .arg(shard)
        .arg("traceparent")
        .arg(event.traceparent())
        .arg("data")
        .arg(event.data());
  }

  private static Outcome outcome(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof RedisException known
            && (known.reason() == Reason.AWAY || known.reason() == Reason.BUSY)
        ? new Away(message)
        : new Unknown(message);
  }
}
