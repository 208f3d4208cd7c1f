package dev.starling.edge;

import dev.starling.bus.Cancellation;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.contract.decision.Decision.Refusal;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import dev.starling.edge.Route.WantedHeader;
import dev.starling.policy.rule.Words;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the {@link EdgePipeline}: what the stages learn about it, and the
 * one answer that it gets. Confined to its event loop.
 *
 * <p>It is itself the callback of the futures that its stages wait for, so a request costs one such
 * object, however many hops it takes. What comes after the answer is ignored.
 */
final class Exchange extends Governed implements Completable<Object> {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final byte[] NOTHING = {};

  // Error codes of HTTP/2.
  private static final long NO_ERROR = 0;
  private static final long CANCEL = 8;

  private @Nullable Route route;
  private List<String> parameters = List.of();
  private String query = "";
  private @Nullable Decision decision;
  private @Nullable RequestBody requestBody;
  private Delivery delivery = Delivery.LINES;
  private boolean streams;
  private boolean leavesRest;
  private @Nullable String challenge;
  private long retryAfterSeconds;
  private int stage;
  private boolean ended;
  private @Nullable Cancellation cancellation;

  Exchange(EdgeLoop loop, HttpServerRequest request, Connection connection, long startNanos) {
    super(loop, request, connection, startNanos);
    connection.requestBegan(isHttp2());
    loop.inFlight++;
  }

  /**
   * Sends the request through the pipeline.
   *
   * @param asked how long the client waits, in milliseconds; {@link RequestTimeout#NONE} when it
   *     did not say
   */
  void begin(Route newRoute, List<String> newParameters, String newQuery, long asked) {
    route = newRoute;
    parameters = newParameters;
    query = newQuery;
    govern(loop.rules.of(newRoute), asked);
    proceed();
  }

  /** Lets the current stage wait for {@code future}; its completion must come on this loop. */
  void await(Future<?> future) {
    future.onComplete(this);
  }

  /** What a stage has waited for is here. */
  @Override
  public void complete(@Nullable Object answer, @Nullable Throwable failure) {
    if (ended) {
      return;
    }
    boolean goOn;
    try {
      goOn = loop.stages[stage - 1].resume(this, answer, failure);
    } catch (RuntimeException bug) {
      unexpected(bug);
      return;
    }
    if (goOn) {
      proceed();
    }
  }

  private void proceed() {
    try {
      while (!ended && loop.stages[stage++].enter(this)) {
        // Each stage either goes on, or has answered, or has arranged to be resumed.
      }
    } catch (RuntimeException bug) {
      unexpected(bug);
    }
  }

  private void unexpected(RuntimeException bug) {
    log.error("{} failed in the edge, trace {}", route, trace().traceId(), bug);
    fail(ErrorCode.INTERNAL);
  }

  // What the stages read and learn.

  /** The route; asked for only in the pipeline, where there is one. */
  Route route() {
    Route known = route;
    if (known == null) {
      throw new IllegalStateException("the request has no route");
    }
    return known;
  }

  /** The route; null before the pipeline and for a request that has none. */
  @Nullable Route routeOrNull() {
    return route;
  }

  /** The request has a route, and is refused before it is sent on. */
  void found(Route match) {
    route = match;
  }

  /** How the client is told that it was refused. */
  ErrorShape errors() {
    Route known = route;
    return known == null ? ErrorShape.PROBLEM : known.operation().errors();
  }

  List<String> parameters() {
    return parameters;
  }

  String query() {
    return query;
  }

  /** The requests that this loop works on, this one included. */
  int inFlight() {
    return loop.inFlight;
  }

  @Nullable Decision decision() {
    return decision;
  }

  void decided(Decision made) {
    decision = made;
  }

  @Nullable RequestBody requestBody() {
    return requestBody;
  }

  void requestBody(RequestBody expected) {
    requestBody = expected;
    loop.bodies.add(expected);
  }

  void bodyGone(RequestBody body) {
    loop.bodies.remove(body);
  }

  /** A body that nobody bounded any more is read over; not for ever. */
  void bodyLingers(RequestBody body) {
    loop.bodies.add(
        new Overdue(System.nanoTime() + loop.requestNanos) {
          @Override
          void overdue() {
            if (!body.isDone()) {
              cutOff();
            }
          }
        });
  }

  byte[] body() {
    RequestBody body = requestBody;
    return body == null || route().operation().maxBodyBytes() == 0 ? NOTHING : body.bytes();
  }

  List<Header> wantedHeaders() {
    List<WantedHeader> wanted = route().headers();
    if (wanted.isEmpty()) {
      return List.of();
    }
    List<Header> found = new ArrayList<>(wanted.size());
    for (WantedHeader name : wanted) {
      String value = header(name.key());
      if (value != null) {
        found.add(new Header(name.name(), value));
      }
    }
    return found;
  }

  /** How the client gets the items, if the operation is a stream. */
  Delivery delivery() {
    return delivery;
  }

  void delivery(Delivery chosen) {
    delivery = chosen;
  }

  // How it ends.

  boolean isEnded() {
    return ended;
  }

  /** How to authenticate, for the answer that comes next. */
  void challenge(String newChallenge) {
    challenge = newChallenge;
  }

  @Nullable String challenge() {
    return challenge;
  }

  void retryAfter(long seconds) {
    retryAfterSeconds = Math.max(1, seconds);
  }

  /** Zero for none. */
  long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  void reply(OperationReply reply) {
    if (reply instanceof OperationReply.Done done) {
      Answer.success(this, done);
    } else if (reply instanceof OperationReply.Refused refused) {
      problem(HttpErrors.problem(refused), route().service(), refused.refusal(), refused.headers());
    }
  }

  /**
   * Answers with a problem that no rule of the policy is the reason of. Whoever is told to come
   * back, or that it took too long, can ask an operator why.
   *
   * @param service that did not do it; null when the edge itself refuses
   */
  private void problem(
      Problem problem, @Nullable String service, Enum<?> why, List<Header> headers) {
    int status = problem.status();
    Problem told = problem;
    if ((status == 429 || status == 503 || status == 504) && !ended && routeOrNull() != null) {
      String word = Words.of(why);
      Refusal refusal = PolicyRefusal.unanswered(status, service == null ? word : service, word);
      told = problem.rememberedAs(PolicyRefusal.record(this, refusal));
    }
    Answer.problem(this, told, headers);
  }

  /** Answers with how the call of the operation ended. */
  void conclude(CallResult result) {
    if (result instanceof CallResult.Replied replied) {
      reply(replied.reply());
    } else if (result instanceof CallResult.Failed failed) {
      fail(failed.code());
    } else if (result instanceof CallResult.Refused refused) {
      refuse(refused.refusal());
    }
  }

  void fail(ErrorCode code) {
    if (code == ErrorCode.DEADLINE_EXCEEDED || code == ErrorCode.EXPIRED) {
      refuse(late(code));
    } else {
      problem(HttpErrors.problem(code), route().service(), code, List.of());
    }
  }

  /** Refuses in the name of the traffic policy, and remembers why. */
  void refuse(PolicyRefusal why) {
    if (ended) {
      return;
    }
    if (why.refusal().kind() != Kind.DEADLINE) {
      refusedByPolicy();
    }
    if (why.refusal().retryAfterSeconds() > 0) {
      retryAfter(why.refusal().retryAfterSeconds());
    }
    Answer.problem(this, HttpErrors.problem(why, why.record(this)), List.of());
  }

  void refuse(EdgeRefusal refusal, String detail) {
    problem(HttpErrors.problem(refusal, detail), null, refusal, List.of());
  }

  void refuse(EdgeRefusal refusal, String detail, Header header) {
    problem(HttpErrors.problem(refusal, detail), null, refusal, List.of(header));
  }

  void refuseBody() {
    RequestBody body = requestBody;
    long limit = body == null ? 0 : body.limit();
    closeAfterAnswer();
    refuse(EdgeRefusal.BODY_TOO_LARGE, "the body is too large (expected: <= " + limit + " bytes)");
  }

  void refuseSlow() {
    closeAfterAnswer();
    refuse(
        EdgeRefusal.SLOW,
        "the request did not arrive within " + loop.config.requestTimeout().toMillis() + " ms");
  }

  /** Nobody reads the rest of the request: what carries it ends with the answer. */
  void leaveRest() {
    leavesRest = true;
    closeAfterAnswer();
  }

  /** The connection cannot be used after this request. */
  void closeAfterAnswer() {
    if (!isHttp2()) {
      connection().closeAfterAnswer();
    }
  }

  /** Called once, before the answer is handed to the network. */
  void answering(int status, int bytes) {
    ended = true;
    if (delivery == Delivery.SOCKET) {
      // What waited for a handshake that does not come.
      request().resume();
    }
    finish(status, bytes);
  }

  /**
   * Called once, after that.
   *
   * @param sent when the network has the answer
   */
  void answered(Future<Void> sent) {
    if (isHttp2() && (leavesRest || isBodyUnread())) {
      // The answer is complete without the rest of the request (RFC 9113 §8.1). A reset that
      // overtook it would take its data away.
      sent.onComplete(done -> cutOff());
    }
  }

  private boolean isBodyUnread() {
    RequestBody body = requestBody;
    // Only a request that waited can be known to have a body that was not asked for.
    return body == null ? stage > 0 && !request().isEnded() : !body.isDone();
  }

  /** Ends a request that sends more, or more slowly, than it may, whatever has become of it. */
  void cutOff() {
    RequestBody body = requestBody;
    if (body != null) {
      body.forget();
    }
    if (isHttp2()) {
      request().response().reset(ended ? NO_ERROR : CANCEL);
    } else {
      connection().close();
    }
    abort();
  }

  /** It has a stream now, which is counted as such and no longer as a request in flight. */
  void streaming() {
    streams = true;
    loop.inFlight--;
    becomesStream();
  }

  /** Its stream is over. */
  void streamEnded(int status, long bytes) {
    pageEnded(status, bytes);
  }

  /** A page was sent, or its client left. */
  void pageEnded(int status, long bytes) {
    if (!ended) {
      ended = true;
      finish(status, bytes);
    }
  }

  /** Notices when the client leaves while nothing is read from it or written to it. */
  void abortWhenClientLeaves() {
    request().response().closeHandler(closed -> abort()).exceptionHandler(reset -> abort());
  }

  /** What the service does is for nobody when the client leaves, and is given up then. */
  void cancelWhenClientLeaves() {
    cancellation = new Cancellation();
    abortWhenClientLeaves();
  }

  /** Null when what was begun goes on whoever leaves. */
  @Nullable Cancellation cancellation() {
    return cancellation;
  }

  /** A stream that begins notices itself when the client leaves. */
  void leavingIsNoticedByStream() {
    request().response().closeHandler(null).exceptionHandler(null);
  }

  /** The client is gone, so there is nobody to answer. */
  void abort() {
    if (!ended) {
      ended = true;
      finish(0, 0);
      Cancellation given = cancellation;
      if (given != null) {
        given.cancel();
      }
    }
  }

  private void finish(int status, long bytes) {
    long now = System.nanoTime();
    if (!streams) {
      loop.inFlight--;
    }
    governedEnds(status, streams, now);
    if (trace().sampled()) {
      loop.spans.ended(this, status, now);
    }
    connection().requestEnded(now);
    loop.meters.record(method(), route, status, now - startNanos());
    AccessLog log = loop.accessLog;
    if (log != null) {
      log.offer(AccessEntry.of(this, status, bytes, now - startNanos()));
    }
  }
}
