package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.fusion.FusionContract.Explain;
import dev.starling.contract.fusion.FusionContract.Explained;
import dev.starling.contract.fusion.FusionContract.Explanation;
import dev.starling.contract.fusion.FusionContract.NotExplained;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.fusion.DecisionStore.Found;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlReplies;
import dev.starling.sdk.Call;
import dev.starling.sdk.Producer;
import dev.starling.sdk.Reply;
import dev.starling.sdk.Uuids;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients ask of decisions, each of their own alone: whose they are follows from who
 * asks. Confined to an instance's context.
 */
final class Decisions {
  static final String LAST_EVENT_ID = "last-event-id";

  /** Why nobody else may wait. */
  static final String FULL = "too many wait for decisions here; ask again";

  private static final String NOT_DECIDED = "not-decided";

  /** What is kept of the caller's time for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(500);

  private static final Duration READING = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final EventLog log;
  private final DecisionStore store;
  private final DecisionWatch watch;
  private final InstantSource clock;

  Decisions(
      Vertx vertx, EventLog log, DecisionStore store, DecisionWatch watch, InstantSource clock) {
    this.vertx = vertx;
    this.log = log;
    this.store = store;
    this.watch = watch;
    this.clock = clock;
  }

  /** What an utterance meant, perhaps a little later. */
  Future<Reply<DecisionView>> find(Call call) {
    DecisionQuery query = call.query(DecisionQuery.class);
    return asUser(
        call,
        user ->
            look(user, query, call)
                .compose(
                    reply ->
                        reply != null
                            ? Future.succeededFuture(reply)
                            : query.waitMs() == 0
                                ? undecided(user, query, call)
                                : await(user, query, call)));
  }

  /** Everything about how a decision came to be. */
  Future<Reply<ExplanationView>> explain(Call call) {
    ExplanationQuery query = call.query(ExplanationQuery.class);
    String id = call.path(UtterancePath.class).utterance();
    return asUser(
        call,
        user ->
            store
                .find(user, id, query.source(), query.revision(), left(call))
                .map(
                    found ->
                        found.isEmpty()
                            ? Reply.<ExplanationView>refused(
                                Refusal.ABSENT, "there is no such decision")
                            : found.size() > 1
                                ? ambiguous()
                                : Reply.okJson(found.get(0).explanation().getBytes(UTF_8))));
  }

  /** Explains a decision to operators, whoever's it is. */
  Future<Explanation> explain(Explain question, CallContext call) {
    UUID user = Uuids.parse(question.user());
    if (user == null) {
      return Future.failedFuture(
          new BusException(
              ErrorCode.INVALID_ARGUMENT, "user: " + question.user() + " (expected: a UUID)"));
    }
    String source = question.source().isEmpty() ? null : question.source();
    return store
        .find(user, question.id(), source, null, call.remaining(System.nanoTime()))
        .<Explanation>map(
            found ->
                found.isEmpty()
                    ? new NotExplained("there is no such decision")
                    : found.size() > 1
                        ? new NotExplained("several sources have an utterance of this id")
                        : new Explained(found.get(0).explanation()))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof SqlException
                        ? new BusException(
                            ErrorCode.UNAVAILABLE, "the user's database does not answer")
                        : failure));
  }

  /** The caller's decisions as they are made, on whichever node. */
  Future<Reply<Producer<DecisionView>>> stream(Call call) {
    String last = call.header(LAST_EVENT_ID);
    UUID after = last == null || last.isEmpty() ? null : Uuids.parse(last);
    if (last != null && !last.isEmpty() && after == null) {
      return Future.succeededFuture(
          Reply.refused(
              Refusal.INVALID,
              "last-event-id: "
                  + Excerpt.of(last)
                  + " (expected: the id of an event of this stream)"));
    }
    return asUser(
        call,
        user ->
            Future.succeededFuture(
                watch.isFull()
                    ? Reply.refused(Refusal.NOT_EXECUTED, FULL)
                    : Reply.ok(new DecisionStream(user, store, watch, after, clock.instant()))));
  }

  /** The decision, or null while there is none. */
  private Future<@Nullable Reply<DecisionView>> look(UUID user, DecisionQuery query, Call call) {
    Duration left = left(call);
    return store
        .find(
            user,
            query.utterance(),
            query.source(),
            null,
            left.compareTo(READING) < 0 ? left : READING)
        .<@Nullable Reply<DecisionView>>map(Decisions::reply);
  }

  private static @Nullable Reply<DecisionView> reply(List<Found> found) {
    if (found.isEmpty()) {
      return null;
    }
    return found.size() > 1 ? ambiguous() : Reply.okJson(found.get(0).answer().getBytes(UTF_8));
  }

  private static <T> Reply<T> ambiguous() {
    return Reply.invalid(
        new Violation(
            "/query/source", "must be given, since several sources have an utterance of this id"));
  }

  private Future<Reply<DecisionView>> undecided(UUID user, DecisionQuery query, Call call) {
    return log.undecided(user, query.utterance(), left(call))
        .map(
            sources -> {
              boolean waits =
                  query.source() == null ? !sources.isEmpty() : sources.contains(query.source());
              return waits
                  ? Reply.<DecisionView>refused(
                          Refusal.ABSENT,
                          NOT_DECIDED,
                          "the utterance is not decided yet; ask again, or with wait_ms")
                      .header("retry-after", "1")
                  : Reply.<DecisionView>refused(Refusal.ABSENT, "there is no such utterance");
            });
  }

  private Future<Reply<DecisionView>> await(UUID user, DecisionQuery query, Call call) {
    if (watch.isFull()) {
      return Future.succeededFuture(Reply.refused(Refusal.NOT_EXECUTED, FULL));
    }
    long most = Math.max(1, left(call).minus(RESERVE).toMillis());
    Waiting waiting = new Waiting(user, query, call);
    watch.add(user, waiting);
    long timer =
        vertx.setTimer(Math.min(query.waitMs(), most), over -> waiting.promise.tryComplete());
    // It may have been decided between the reading and now.
    waiting.look();
    return waiting
        .promise
        .future()
        .compose(
            reply -> reply == null ? undecided(user, query, call) : Future.succeededFuture(reply))
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              watch.remove(user, waiting);
            });
  }

  /** One client that waits for one decision. */
  private final class Waiting implements DecisionWatch.Watcher {
    private final UUID user;
    private final DecisionQuery query;
    private final Call call;
    private final Promise<@Nullable Reply<DecisionView>> promise = Promise.promise();
    private boolean reading;
    private boolean again;

    Waiting(UUID user, DecisionQuery query, Call call) {
      this.user = user;
      this.query = query;
      this.call = call;
    }

    @Override
    public void look() {
      if (promise.future().isComplete()) {
        return;
      }
      if (reading) {
        again = true;
        return;
      }
      reading = true;
      Decisions.this
          .look(user, query, call)
          .onComplete(
              (reply, failure) -> {
                reading = false;
                if (reply != null) {
                  promise.tryComplete(reply);
                } else if (failure != null && !(failure instanceof SqlException)) {
                  promise.tryFail(failure);
                } else if (again) {
                  again = false;
                  look();
                }
              });
    }
  }

  private static <T> Future<Reply<T>> asUser(Call call, Function<UUID, Future<Reply<T>>> work) {
    UUID user = Intake.user(call);
    return user == null
        ? Future.succeededFuture(Intake.noUser())
        : work.apply(user).recover(SqlReplies::refusal);
  }

  private static Duration left(Call call) {
    return call.context().remaining(System.nanoTime());
  }
}
