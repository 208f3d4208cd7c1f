package dev.starling.redis;

import dev.starling.redis.RedisException.Reason;
import dev.starling.sdk.CallGuard;
import dev.starling.sdk.CallRefused;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's Redis: a few connections that all its verticles share, each with many commands on its
 * way.
 *
 * <p>Thread-safe. Futures complete on the caller's context, within the limit that the caller gives,
 * and fail with a {@link RedisException}. While Redis is away, and when a {@link CallGuard}
 * refuses, they fail at once. Whoever calls {@link #start} closes it.
 */
public final class Redis {
  private static final Logger log = LoggerFactory.getLogger(Redis.class);

  /** So that it is found again within two seconds: one pause and one connection at the most. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(800);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** Of all that a script or a pipeline answers; lists in lists are not needed deeper. */
  private static final int MAX_NESTED = 32;

  private final Vertx vertx;
  private final RedisConfig config;
  private final RedisMeters meters;
  private final List<RedisLink> links = new ArrayList<>();
  private final List<String> deployments = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private volatile CallGuard guard = CallGuard.OPEN;

  private Redis(Vertx vertx, RedisConfig config, MeterRegistry registry, RandomGenerator random) {
    this.vertx = vertx;
    this.config = config;
    this.meters = new RedisMeters(registry, this::isUp);
    RedisUri endpoint = config.endpoint();
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(endpoint.connectionString())
            .setMaxWaitingHandlers(config.maxWaiting() + 1)
            .setMaxNestedArrays(MAX_NESTED)
            .setMaxPoolSize(1)
            .setMaxPoolWaiting(1)
            .setProtocolNegotiation(false)
            .setNetClientOptions(transport(endpoint));
    if (endpoint.user() != null) {
      options.setUser(endpoint.user());
    }
    if (endpoint.password() != null) {
      options.setPassword(endpoint.password());
    }
    for (int i = 0; i < config.poolSize(); i++) {
      links.add(
          new RedisLink(
              vertx, options, config, new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random), meters));
    }
  }

  /**
   * Connects. The future completes when the first attempts have ended: a Redis that is away is
   * looked for in the background.
   *
   * @param config with a URI
   * @param random for the pauses between attempts
   */
  public static Future<Redis> start(
      Vertx vertx, RedisConfig config, MeterRegistry meters, RandomGenerator random) {
    Redis redis = new Redis(vertx, config, meters, random);
    return Future.all(redis.links.stream().map(redis::deploy).toList())
        .map(started -> redis)
        .onSuccess(started -> log.info("Redis at {}: {}", config.endpoint(), started.state()));
  }

  /** Whether commands have a chance; it may change at any time. */
  public boolean isUp() {
    for (RedisLink link : links) {
      if (link.isUp()) {
        return true;
      }
    }
    return false;
  }

  /** Puts a guard before all commands. */
  public void guardedBy(CallGuard newGuard) {
    guard = newGuard;
  }

  /** The limit of commands whose caller has no better one. */
  public Duration commandTimeout() {
    return config.commandTimeout();
  }

  /** For people: where it is and whether it answers. */
  public String state() {
    return isUp() ? "up" : "away";
  }

  public Future<Response> send(Request command, Duration limit) {
    return sendAll(List.of(command), limit).map(answers -> answers.get(0));
  }

  /** Sends commands in one write; one that fails fails them all, though others were executed. */
  public Future<List<Response>> sendAll(List<Request> commands, Duration limit) {
    return guard
        .run(limit, left -> write(commands, left))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof CallRefused
                        ? new RedisException(Reason.AWAY, String.valueOf(failure.getMessage()))
                        : failure));
  }

  private Future<List<Response>> write(List<Request> commands, Duration limit) {
    Promise<List<Response>> done = Promise.promise();
    AtomicBoolean ended = new AtomicBoolean();
    RedisLink link = choose();
    Context caller = vertx.getOrCreateContext();
    long begun = System.nanoTime();
    // Whoever has the answer finds it counted.
    long timer =
        vertx.setTimer(
            Math.max(1, limit.toMillis()),
            late -> {
              if (ended.compareAndSet(false, true)) {
                RedisException timeout =
                    new RedisException(
                        Reason.TIMEOUT, "no answer within " + limit.toMillis() + " ms");
                meters.ended(System.nanoTime() - begun, timeout);
                link.timedOut();
                done.fail(timeout);
              }
            });
    link.send(commands)
        .onComplete(
            answered ->
                caller.runOnContext(
                    now -> {
                      vertx.cancelTimer(timer);
                      if (ended.compareAndSet(false, true)) {
                        meters.ended(System.nanoTime() - begun, answered.cause());
                        done.handle(answered);
                      }
                    }));
    return done.future();
  }

  /** Runs a script once. */
  public Future<Response> run(Script script, Script.Run run, Duration limit) {
    return runAll(script, List.of(run), limit).map(answers -> answers.get(0));
  }

  /**
   * Runs a script several times, in one write, each time atomically. When Redis does not know the
   * script any more, e.g. after a restart, it is sent along.
   */
  public Future<List<Response>> runAll(Script script, List<Script.Run> runs, Duration limit) {
    long begun = System.nanoTime();
    List<Request> requests = runs.stream().map(run -> request(script, run)).toList();
    return sendAll(requests, limit)
        .recover(
            failure -> {
              Duration left = limit.minusNanos(System.nanoTime() - begun);
              if (!isUnknownScript(failure) || left.isNegative()) {
                return Future.failedFuture(failure);
              }
              List<Request> withScript = new ArrayList<>();
              withScript.add(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script.text()));
              withScript.addAll(requests);
              return sendAll(withScript, left).map(answers -> answers.subList(1, answers.size()));
            });
  }

  public Future<Void> close() {
    return Future.join(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
  }

  private Future<?> deploy(RedisLink link) {
    return vertx.deployVerticle(link).onSuccess(deployments::add);
  }

  /** In turn among those that are up. */
  private RedisLink choose() {
    int first = next.getAndIncrement();
    for (int i = 0; i < links.size(); i++) {
      RedisLink link = links.get(Math.floorMod(first + i, links.size()));
      if (link.isUp()) {
        return link;
      }
    }
    return links.get(0);
  }

  private static Request request(Script script, Script.Run run) {
    Request request = Request.cmd(Command.EVALSHA).arg(script.digest()).arg(run.keys().size());
    run.keys().forEach(request::arg);
    run.arguments().forEach(request::arg);
    return request;
  }

  private static boolean isUnknownScript(Throwable failure) {
    return failure instanceof RedisException known
        && known.reason() == Reason.REFUSED
        && String.valueOf(known.getMessage()).contains("NOSCRIPT");
  }

  private NetClientOptions transport(RedisUri endpoint) {
    NetClientOptions transport =
        new NetClientOptions()
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setConnectTimeout((int) config.connectTimeout().toMillis());
    if (endpoint.tls()) {
      transport.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
    }
    return transport;
  }
}
