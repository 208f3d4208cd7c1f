package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.LendRefused;
import dev.starling.contract.ratelimit.RateLimitContract.Lent;
import dev.starling.contract.ratelimit.RateLimitContract.Level;
import dev.starling.policy.rule.Algorithm;
import dev.starling.redis.Redis;
import dev.starling.redis.RedisException;
import dev.starling.redis.Script;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps buckets in Redis: one script takes permits from all windows of all rules of a call, or from
 * none. What is asked for in one turn of the event loop goes out in one write.
 *
 * <p>Works with Redis 5 and later and with Valkey. One key for each rule and caller: of a Redis
 * Cluster only calls that a single shared rule counts can be served.
 */
final class RedisLender implements Lender {
  static final Script LEND = Script.resource(RedisLender.class, "lend.lua");

  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final String PREFIX = "starling:limit:";

  private final Context context;
  private final Redis redis;
  private final Duration limit;
  private final NodeLenders lenders;
  private final LongSupplier nanos;
  private final boolean ownTime;
  private final List<Question> turn = new ArrayList<>();

  private record Question(List<Ask> asks, Script.Run run, Promise<Void> answered) {}

  /**
   * @param nanos the limiter's clock
   * @param ownTime true to count by the limiter's clock instead of that of Redis; for tests
   */
  RedisLender(
      Context context, Redis redis, NodeLenders lenders, LongSupplier nanos, boolean ownTime) {
    this.context = context;
    this.redis = redis;
    this.limit = redis.commandTimeout();
    this.lenders = lenders;
    this.nanos = nanos;
    this.ownTime = ownTime;
  }

  /**
   * Runs the script on nothing, so that the first call finds it known and the code loaded; without
   * that it would be decided without Redis. Completes whatever comes of it.
   */
  Future<Void> warmUp() {
    return redis
        .run(LEND, new Script.Run(List.of(), List.of("")), WARM_UP)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  @Override
  public Future<Void> lend(List<Ask> asks) {
    if (turn.isEmpty()) {
      context.runOnContext(end -> flush());
    }
    Question question = new Question(asks, run(asks), Promise.promise());
    turn.add(question);
    return question.answered.future();
  }

  private void flush() {
    List<Question> questions = List.copyOf(turn);
    turn.clear();
    long askedNanos = nanos.getAsLong();
    List<Script.Run> runs = questions.stream().map(Question::run).toList();
    redis
        .runAll(LEND, runs, limit)
        .onComplete(
            answers -> {
              for (int i = 0; i < questions.size(); i++) {
                Question question = questions.get(i);
                if (answers.succeeded()) {
                  take(question.asks, answers.result().get(i), askedNanos);
                  question.answered.complete();
                } else {
                  unanswered(question, answers.cause());
                }
              }
            });
  }

  private void unanswered(Question question, Throwable failure) {
    if (failure instanceof RedisException known
        && known.reason() == RedisException.Reason.TIMEOUT) {
      lenders.redisWasLate(nanos.getAsLong());
    }
    question.asks.forEach(ask -> ask.lease().unanswered());
    question.answered.fail(failure);
  }

  private void take(List<Ask> asks, Response response, long askedNanos) {
    long now = nanos.getAsLong();
    Iterator<Response> answer = response.iterator();
    if (next(answer) == 1) {
      for (Ask ask : asks) {
        ask.lease()
            .lent(
                new Lent(
                    (int) next(answer),
                    (int) next(answer),
                    TimeUnit.MICROSECONDS.toNanos(next(answer)),
                    TimeUnit.MICROSECONDS.toNanos(next(answer)),
                    levels(ask, answer)),
                askedNanos,
                now);
      }
      return;
    }
    int refusing = (int) next(answer);
    int window = (int) next(answer);
    long waitMillis = next(answer);
    for (int i = 0; i < asks.size(); i++) {
      Ask ask = asks.get(i);
      List<Level> levels = levels(ask, answer);
      if (i == refusing) {
        ask.lease().refused(new LendRefused(window, waitMillis, levels), ask.need(), now);
      } else {
        ask.lease().unanswered();
      }
    }
  }

  private Script.Run run(List<Ask> asks) {
    List<String> keys = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    arguments.add(ownTime ? Long.toString(TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong())) : "");
    for (Ask ask : asks) {
      Rule rule = ask.lease().rule();
      keys.add(
          PREFIX + rule.name() + ":" + Long.toHexString(rule.numbers()) + ":" + ask.lease().key());
      arguments.add(Integer.toString(ask.need()));
      arguments.add(Integer.toString(ask.want()));
      arguments.add(Integer.toString(rule.limits().size()));
      for (Limit window : rule.limits()) {
        arguments.add(Integer.toString(kind(rule.spec().algorithm())));
        arguments.add(Long.toString(window.quota()));
        arguments.add(Long.toString(TimeUnit.SECONDS.toMicros(window.windowSeconds())));
        arguments.add(Long.toString(window.arithmetic().capacity()));
        arguments.add(Long.toString(TimeUnit.NANOSECONDS.toMicros(rule.maxDelayNanos())));
      }
    }
    return new Script.Run(keys, arguments);
  }

  /** As the script numbers them. */
  private static int kind(Algorithm algorithm) {
    return switch (algorithm) {
      case TOKEN_BUCKET -> 0;
      case LEAKY_BUCKET -> 1;
      case FIXED_WINDOW -> 2;
      case SLIDING_WINDOW -> 3;
    };
  }

  private static List<Level> levels(Ask ask, Iterator<Response> answer) {
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i < ask.lease().rule().limits().size(); i++) {
      levels.add(new Level(next(answer), next(answer)));
    }
    return levels;
  }

  private static long next(Iterator<Response> answer) {
    return answer.next().toLong();
  }
}
