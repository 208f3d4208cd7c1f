package dev.starling.redis;

import dev.starling.redis.RedisException.Reason;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis that is made again whenever it is lost.
 *
 * <p>Threading: everything happens on its own context; {@link #send}, {@link #timedOut} and {@link
 * #isUp} may be called from any thread.
 */
final class RedisLink implements Deployable {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  /** A server that is frozen keeps its connections; this is how that is noticed while idle. */
  private static final long PING_MILLIS = 500;

  /** Answers in a row that may be missing: one may be due to a pause of our own. */
  private static final int MAX_TIMEOUTS = 4;

  /** What the client says of a connection that ended; everything else is Redis' own answer. */
  private static final Pattern LOST = Pattern.compile("CONNECTION_CLOSED|\\w+Exception");

  private final Vertx vertx;
  private final RedisOptions options;
  private final RedisConfig config;
  private final Backoff backoff;
  private final RedisMeters meters;
  private volatile boolean up;
  private @Nullable Context context;
  private io.vertx.redis.client.@Nullable Redis client;
  private @Nullable RedisConnection connection;
  private long pingTimer = -1;
  private int waiting;
  private int timeouts;
  private boolean saidAway;
  private boolean closed;

  RedisLink(
      Vertx vertx, RedisOptions options, RedisConfig config, Backoff backoff, RedisMeters meters) {
    this.vertx = vertx;
    this.options = options;
    this.config = config;
    this.backoff = backoff;
    this.meters = meters;
  }

  boolean isUp() {
    return up;
  }

  /** Completes when the first attempt has ended, whatever came of it. */
  @Override
  public Future<?> deploy(Context newContext) {
    context = newContext;
    pingTimer = vertx.setPeriodic(PING_MILLIS, ping -> ping());
    return connect();
  }

  @Override
  public Future<?> undeploy(Context oldContext) {
    closed = true;
    vertx.cancelTimer(pingTimer);
    return drop();
  }

  /** Sends commands in one write; the future completes on the link's context. */
  Future<List<Response>> send(List<Request> commands) {
    Context own = context;
    if (own == null || !up) {
      return Future.failedFuture(away());
    }
    Promise<List<Response>> answers = Promise.promise();
    own.runOnContext(now -> sendNow(commands, answers));
    return answers.future();
  }

  /** A caller has given up waiting. */
  void timedOut() {
    Context own = context;
    if (own != null) {
      own.runOnContext(
          now -> {
            if (up && ++timeouts >= MAX_TIMEOUTS) {
              lost("does not answer");
            }
          });
    }
  }

  private void sendNow(List<Request> commands, Promise<List<Response>> answers) {
    RedisConnection ready = connection;
    if (ready == null) {
      answers.fail(away());
      return;
    }
    int count = commands.size();
    if (waiting + count > config.maxWaiting()) {
      answers.fail(
          new RedisException(
              Reason.BUSY,
              "waiting: " + (waiting + count) + " (expected: <= " + config.maxWaiting() + ")"));
      return;
    }
    waiting += count;
    ready
        .batch(commands)
        .onComplete(
            done -> {
              if (connection == ready) {
                waiting -= count;
                timeouts = 0;
              }
              if (done.succeeded()) {
                answers.complete(done.result());
              } else {
                answers.fail(failureOf(done.cause()));
              }
            });
  }

  private Future<?> connect() {
    io.vertx.redis.client.Redis attempt =
        io.vertx.redis.client.Redis.createClient(vertx, new RedisOptions(options));
    client = attempt;
    return attempt
        .connect()
        .compose(made -> made.send(Request.cmd(Command.PING)).map(pong -> made))
        .timeout(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(
            made -> {
              if (closed || client != attempt) {
                return;
              }
              if (made.succeeded()) {
                connected(made.result());
              } else {
                sayAway(String.valueOf(made.cause().getMessage()));
                connectLater();
              }
            })
        .otherwiseEmpty();
  }

  private void connected(RedisConnection made) {
    connection = made;
    waiting = 0;
    timeouts = 0;
    backoff.reset();
    made.endHandler(
        end -> {
          if (connection == made) {
            lost("closed the connection");
          }
        });
    made.exceptionHandler(
        failure -> {
          if (connection == made) {
            lost(String.valueOf(failure.getMessage()));
          }
        });
    meters.connected();
    up = true;
    if (saidAway) {
      saidAway = false;
      log.info("Redis at {} is back", config.endpoint());
    }
  }

  private void ping() {
    RedisConnection ready = connection;
    if (ready == null) {
      return;
    }
    ready
        .send(Request.cmd(Command.PING))
        .timeout(PING_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(
            answered -> {
              if (connection != ready) {
                return;
              }
              if (answered.failed()) {
                lost("did not answer a PING");
              } else {
                timeouts = 0;
              }
            });
  }

  private void lost(String why) {
    sayAway(why);
    connectLater();
  }

  private Future<?> drop() {
    up = false;
    connection = null;
    io.vertx.redis.client.Redis old = client;
    client = null;
    return old == null ? Future.succeededFuture() : old.close().otherwiseEmpty();
  }

  private void connectLater() {
    drop();
    vertx.setTimer(
        backoff.nextMillis(),
        due -> {
          if (!closed && client == null) {
            connect();
          }
        });
  }

  private void sayAway(String why) {
    if (!saidAway && !closed) {
      saidAway = true;
      log.warn("Redis at {} is away: {}", config.endpoint(), why);
    }
  }

  private RedisException away() {
    return new RedisException(Reason.AWAY, "Redis is away");
  }

  private static RedisException failureOf(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return new RedisException(LOST.matcher(message).find() ? Reason.LOST : Reason.REFUSED, message);
  }
}
