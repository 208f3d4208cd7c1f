package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.policy.cache.Asked;
import dev.starling.policy.cache.CacheAnswer;
import dev.starling.policy.cache.CacheAnswer.Given;
import dev.starling.policy.cache.CacheKey;
import dev.starling.policy.cache.Loaded;
import dev.starling.policy.cache.ResponseCache;
import dev.starling.policy.rule.CacheRule;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers with what is remembered, or calls the operation for everybody who asks for the same.
 *
 * <p>The call passes the guards of the route like any other, and goes on when the client that
 * caused it has left. Conditions of one client ({@code If-None-Match}) are not part of it: they are
 * compared here with the answer, for each client its own. Clients cannot make the edge fetch what
 * it has: their {@code Cache-Control} is not looked at.
 */
final class ServeCached implements Stage {
  private static final Logger log = LoggerFactory.getLogger(ServeCached.class);

  private static final Set<String> CONDITIONS =
      Set.of(
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "range");

  /**
   * How much longer than its own time a request waits for a call that has as much: the bus tells a
   * little late that it was in vain, and only then an older answer is given.
   */
  private static final long GRACE_MILLIS = 50;

  private final Bus bus;

  ServeCached(Bus bus) {
    this.bus = bus;
  }

  @Override
  public boolean enter(Exchange exchange) {
    CacheRule rule = exchange.rules().cache(exchange.caller());
    if (rule == null || !mayShare(rule, exchange)) {
      return true;
    }
    ResponseCache<CallResult> cache = exchange.loop().enforcement.caches().of(rule);
    if (cache == null) {
      return true;
    }
    CompletableFuture<CacheAnswer<CallResult>> answer =
        cache
            .answer(
                CacheKey.of(rule, new AskedOf(exchange)),
                exchange.deadlineNanos(),
                System.nanoTime(),
                () -> load(rule, exchange))
            .toCompletableFuture();
    if (!answer.isDone()) {
      waitFor(exchange);
    }
    answer.whenComplete((given, failure) -> give(exchange, given, failure));
    return false;
  }

  /**
   * Streams are not kept; nor, under a rule that tells tenants apart, what somebody is answered who
   * must sign in and is of none: all of those would be given the same.
   */
  private static boolean mayShare(CacheRule rule, Exchange exchange) {
    return exchange.route().operation().interaction() == Interaction.CALL
        && (exchange.route().operation().open()
            || rule.shared()
            || rule.vary().contains(CacheRule.CONSUMER)
            || !exchange.principal().tenant().isEmpty());
  }

  /** Whoever waits for a call of somebody else's waits no longer than for their own. */
  private static void waitFor(Exchange exchange) {
    exchange.abortWhenClientLeaves();
    Vertx vertx = exchange.loop().context.owner();
    long left = Math.max(0, exchange.deadlineNanos() - System.nanoTime());
    long timer =
        vertx.setTimer(
            TimeUnit.NANOSECONDS.toMillis(left) + GRACE_MILLIS,
            due -> {
              if (!exchange.isEnded()) {
                exchange.fail(ErrorCode.DEADLINE_EXCEEDED);
              }
            });
    exchange.onEnd(() -> vertx.cancelTimer(timer));
  }

  /** Brings the answer to the loop of the exchange; the call may have been another one's. */
  private static void give(
      Exchange exchange, @Nullable CacheAnswer<CallResult> answer, @Nullable Throwable failure) {
    Context context = exchange.loop().context;
    if (isOn(context)) {
      exchange.complete(answer, failure);
      return;
    }
    try {
      context.runOnContext(hopped -> exchange.complete(answer, failure));
    } catch (RejectedExecutionException stopping) {
      // The loop is gone, and its clients with it.
    }
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    CacheRule rule = exchange.rules().cache(exchange.caller());
    if (rule == null) {
      throw new IllegalStateException("an answer under no rule");
    }
    if (answer instanceof Given<?> given && given.value() instanceof CallResult result) {
      give(rule, exchange, result, given);
    } else if (answer instanceof CacheAnswer.Crowded<?>) {
      int retryAfter = exchange.loop().retryAfterSeconds(System.nanoTime());
      exchange.refuse(PolicyRefusal.crowded(rule.name(), ResponseCache.MAX_FOLLOWERS, retryAfter));
    } else {
      log.error("{} failed in the cache {}", exchange.route(), rule.name(), failure);
      exchange.fail(ErrorCode.INTERNAL);
    }
    return false;
  }

  private static void give(CacheRule rule, Exchange exchange, CallResult result, Given<?> given) {
    if (result instanceof CallResult.Replied replied && replied.reply() instanceof Done done) {
      exchange.reply(CachedAnswers.reply(done, rule, given, exchange.header(Names.IF_NONE_MATCH)));
    } else {
      exchange.conclude(result);
    }
  }

  /** Calls the operation on the loop of the exchange, whosever call failed before. */
  private CompletionStage<Loaded<CallResult>> load(CacheRule rule, Exchange exchange) {
    CompletableFuture<Loaded<CallResult>> loaded = new CompletableFuture<>();
    OperationCall call =
        new OperationCall(
            bus,
            exchange,
            withoutConditions(RunOperation.request(exchange)),
            result -> loaded.complete(new Loaded<>(result, CachedAnswers.use(rule, result))));
    Context context = exchange.loop().context;
    if (isOn(context)) {
      call.begin();
    } else {
      // Somebody else's call has failed, and it is this one's turn.
      try {
        context.runOnContext(hopped -> begin(call, exchange, loaded));
      } catch (RejectedExecutionException stopping) {
        loaded.completeExceptionally(stopping);
      }
    }
    return loaded;
  }

  private static void begin(
      OperationCall call, Exchange exchange, CompletableFuture<Loaded<CallResult>> loaded) {
    if (exchange.isEnded()) {
      CallResult left = new CallResult.Failed(ErrorCode.CANCELLED);
      loaded.complete(new Loaded<>(left, Loaded.Use.FAILURE));
    } else {
      call.begin();
    }
  }

  private static OperationRequest withoutConditions(OperationRequest request) {
    List<Header> headers =
        request.headers().stream().filter(header -> !CONDITIONS.contains(header.name())).toList();
    return headers.size() == request.headers().size()
        ? request
        : new OperationRequest(
            request.operation(),
            request.path(),
            request.query(),
            headers,
            request.clientAddress(),
            request.body());
  }

  private static boolean isOn(Context context) {
    return Vertx.currentContext() == context;
  }

  private record AskedOf(Exchange exchange) implements Asked {
    @Override
    public String operation() {
      return exchange.route().operation().id();
    }

    @Override
    public List<String> path() {
      return exchange.parameters();
    }

    @Override
    public String query() {
      return exchange.query();
    }

    @Override
    public @Nullable String header(String name) {
      return exchange.header(name);
    }

    @Override
    public @Nullable String consumer() {
      String subject = exchange.principal().subject();
      return subject.isEmpty() ? null : subject;
    }

    @Override
    public @Nullable String tenant() {
      String tenant = exchange.principal().tenant();
      return tenant.isEmpty() ? null : tenant;
    }
  }
}
