package dev.starling.edge;

import dev.starling.bus.ErrorCode;
import dev.starling.bus.Principal;
import dev.starling.bus.TraceContext;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.edge.Route.WantedHeader;
import io.netty.util.AsciiString;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
final class Exchange implements Completable<Object> {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final byte[] NOTHING = {};

  // Error codes of HTTP/2.
  private static final long NO_ERROR = 0;
  private static final long CANCEL = 8;

  private final EdgeLoop loop;
  private final HttpServerRequest request;
  private final Connection connection;
  private final @Nullable Method method;
  private final boolean http2;
  private final long startNanos;
  private final TraceContext trace;
  private final AsciiString traceparent;
  private final CharSequence requestId;
  private final String clientAddress;
  private @Nullable Route route;
  private List<String> parameters = List.of();
  private String query = "";
  private long allowedNanos;
  private long askedNanos;
  private long deadlineNanos;
  private Principal principal = Principal.ANONYMOUS;
  private @Nullable Decision decision;
  private @Nullable RequestBody requestBody;
  private @Nullable String challenge;
  private long retryAfterSeconds;
  private int stage;
  private boolean ended;

  Exchange(EdgeLoop loop, HttpServerRequest request, Connection connection, long startNanos) {
    this.loop = loop;
    this.request = request;
    this.connection = connection;
    this.method = Method.of(request.method());
    this.http2 = request.version() == HttpVersion.HTTP_2;
    this.startNanos = startNanos;
    String parent = header(Names.TRACEPARENT);
    this.trace = loop.tracing.begin(parent, parent == null ? null : header(Names.TRACESTATE));
    this.traceparent = Tracing.traceparent(trace);
    this.requestId = Tracing.requestId(header(Names.X_REQUEST_ID), traceparent);
    this.clientAddress =
        connection.trusted()
            ? loop.clients.behind(
                connection.peer(), header(Names.FORWARDED), header(Names.X_FORWARDED_FOR))
            : connection.peer();
    connection.requestBegan();
    loop.inFlight++;
  }

  /**
   * Sends the request through the pipeline.
   *
   * @param allowed how long the operation may take
   * @param asked how long the client waits; {@link RequestTimeout#NONE} when it did not say
   */
  void begin(
      Route newRoute, List<String> newParameters, String newQuery, long allowed, long asked) {
    route = newRoute;
    parameters = newParameters;
    query = newQuery;
    allowedNanos = TimeUnit.MILLISECONDS.toNanos(allowed);
    askedNanos = TimeUnit.MILLISECONDS.toNanos(asked);
    deadlineNanos = startNanos + Math.min(allowedNanos, askedNanos);
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
    log.error("{} failed in the edge, trace {}", route, trace.traceId(), bug);
    fail(ErrorCode.INTERNAL);
  }

  // What the stages read and learn.

  HttpServerRequest request() {
    return request;
  }

  Connection connection() {
    return connection;
  }

  @Nullable Route routeOrNull() {
    return route;
  }

  EdgeLoop loop() {
    return loop;
  }

  @Nullable String header(CharSequence name) {
    return request.headers().get(name);
  }

  @Nullable Method method() {
    return method;
  }

  boolean isHttp2() {
    return http2;
  }

  /** The route; asked for only in the pipeline, where there is one. */
  Route route() {
    Route known = route;
    if (known == null) {
      throw new IllegalStateException("the request has no route");
    }
    return known;
  }

  List<String> parameters() {
    return parameters;
  }

  String query() {
    return query;
  }

  String clientAddress() {
    return clientAddress;
  }

  TraceContext trace() {
    return trace;
  }

  CharSequence traceparent() {
    return traceparent;
  }

  CharSequence requestId() {
    return requestId;
  }

  long startNanos() {
    return startNanos;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** The deadline of a step that may take only so long from now. */
  long deadlineWithin(long nanos) {
    long step = System.nanoTime() + nanos;
    return step - deadlineNanos < 0 ? step : deadlineNanos;
  }

  /** The requests that this loop works on, this one included. */
  int inFlight() {
    return loop.inFlight;
  }

  Principal principal() {
    return principal;
  }

  void principal(Principal verified) {
    principal = verified;
  }

  @Nullable Decision decision() {
    return decision;
  }

  void decided(Decision made) {
    decision = made;
    if (made instanceof Limited limited) {
      retryAfterSeconds = RateLimitHeaders.retryAfterSeconds(limited);
    }
  }

  @Nullable RequestBody requestBody() {
    return requestBody;
  }

  void requestBody(RequestBody expected) {
    requestBody = expected;
    loop.bodies.add(expected);
  }

  /** The operation's time runs from here: how long the body took is not its affair. */
  void bodyReceived() {
    long now = System.nanoTime();
    deadlineNanos = now + Math.min(allowedNanos, askedNanos - (now - startNanos));
  }

  void bodyGone(RequestBody body) {
    loop.bodies.remove(body);
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
      Answer.problem(this, HttpErrors.problem(refused), refused.headers());
    }
  }

  void fail(ErrorCode code) {
    Answer.problem(this, HttpErrors.problem(code), List.of());
  }

  void refuse(EdgeRefusal refusal, String detail) {
    refuse(refusal, detail, List.of());
  }

  void refuse(EdgeRefusal refusal, String detail, Header header) {
    Answer.problem(this, HttpErrors.problem(refusal, detail), List.of(header));
  }

  void refuse(EdgeRefusal refusal, String detail, List<String> violatedPolicies) {
    Answer.problem(this, HttpErrors.problem(refusal, detail, violatedPolicies), List.of());
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

  /** The connection cannot be used after this request. */
  void closeAfterAnswer() {
    if (!http2) {
      connection.closeAfterAnswer();
    }
  }

  /** Called once, before the answer is handed to the network. */
  void answering(int status, int bytes) {
    ended = true;
    finish(status, bytes);
  }

  /**
   * Called once, after that.
   *
   * @param sent when the network has the answer
   */
  void answered(Future<Void> sent) {
    // Only a request that waited can be known to have a body that was not asked for.
    boolean cut = requestBody == null ? stage > 0 && !request.isEnded() : !requestBody.isDone();
    if (cut && http2) {
      // The answer is complete without the rest of the request (RFC 9113 §8.1). A reset that
      // overtook it would take its data away.
      sent.onComplete(done -> cutOff());
    }
  }

  /** Ends a request that sends more, or more slowly, than it may, whatever has become of it. */
  void cutOff() {
    RequestBody body = requestBody;
    if (body != null) {
      body.forget();
    }
    if (http2) {
      request.response().reset(ended ? NO_ERROR : CANCEL);
    } else {
      connection.close();
    }
    abort();
  }

  /** A page was sent, or its client left. */
  void pageEnded(int status, long bytes) {
    if (!ended) {
      ended = true;
      finish(status, bytes);
    }
  }

  /** The client is gone, so there is nobody to answer. */
  void abort() {
    if (!ended) {
      ended = true;
      finish(0, 0);
    }
  }

  private void finish(int status, long bytes) {
    long now = System.nanoTime();
    loop.inFlight--;
    connection.requestEnded(now);
    loop.meters.record(method, route, status, now - startNanos);
    AccessLog log = loop.accessLog;
    if (log != null) {
      log.offer(accessed(status, bytes, now));
    }
  }

  private AccessEntry accessed(int status, long bytes, long now) {
    Route known = route;
    return new AccessEntry(
        loop.clock.millis(),
        requestId.toString(),
        trace,
        clientAddress,
        principal.subject(),
        request.method().name(),
        request.uri(),
        known == null ? "" : known.operation().path(),
        http2 ? "2" : "1.1",
        status,
        bytes,
        now - startNanos);
  }
}
