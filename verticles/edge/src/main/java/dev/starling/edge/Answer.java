package dev.starling.edge;

import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.ratelimit.RateLimitContract.Decision;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the answer of an {@link Exchange}: one head, one buffer, one write.
 *
 * <p>Header values that come from outside are checked, and the fields that frame a message are the
 * edge's alone: a service that sets them would desynchronise the connection.
 */
final class Answer {
  private static final Logger log = LoggerFactory.getLogger(Answer.class);

  private static final Set<String> FRAMING =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private Answer() {}

  static void success(Exchange exchange, Done done) {
    int status = HttpErrors.status(done.kind());
    HttpServerResponse response = begin(exchange, status);
    addAll(exchange, response.headers(), done.headers());
    byte[] body = done.body();
    if (body.length == 0) {
      end(exchange, response, status, null);
      return;
    }
    String type = done.contentType();
    response
        .headers()
        .add(
            Names.CONTENT_TYPE,
            type.equals("application/json") ? Names.APPLICATION_JSON : contentType(type));
    end(exchange, response, status, body);
  }

  static void problem(Exchange exchange, Problem problem, List<Header> headers) {
    int status = problem.status();
    if (exchange.isEnded()) {
      return;
    }
    RequestBody body = exchange.requestBody();
    if (body != null && body.abandon(true)) {
      exchange.closeAfterAnswer();
    }
    // Something may have been written to it already when the edge itself failed.
    exchange.request().response().headers().clear();
    HttpServerResponse response = begin(exchange, status);
    MultiMap fields = response.headers();
    addAll(exchange, fields, headers);
    boolean asMessage = exchange.errors() == ErrorShape.MESSAGE;
    fields.add(Names.CONTENT_TYPE, asMessage ? Names.APPLICATION_JSON : Names.PROBLEM_JSON);
    if (asMessage && problem.decision() != null) {
      // Which the text has no member for.
      fields.add(Names.X_DECISION_ID, problem.decision().id());
    }
    fields.add(Names.CACHE_CONTROL, Names.NO_STORE);
    String challenge = exchange.challenge();
    if (challenge != null) {
      fields.add(Names.WWW_AUTHENTICATE, challenge);
    } else if (status == 401 && !fields.contains(Names.WWW_AUTHENTICATE)) {
      fields.add(Names.WWW_AUTHENTICATE, "Bearer");
    }
    long retryAfter = exchange.retryAfterSeconds();
    if (status == 503 && retryAfter == 0) {
      // Spread, so that those who were turned away together do not come back together.
      retryAfter = 1 + exchange.loop().random.nextInt(3);
    }
    if (retryAfter > 0 && !fields.contains(Names.RETRY_AFTER)) {
      fields.add(Names.RETRY_AFTER, Long.toString(retryAfter));
    }
    if (status == 426 && !exchange.isHttp2()) {
      fields.add(Names.UPGRADE, Names.WEBSOCKET).add(Names.CONNECTION, Names.UPGRADE);
    }
    end(
        exchange,
        response,
        status,
        asMessage ? problem.toMessage() : problem.toJson(exchange.requestId().toString()));
  }

  /** An answer without a body, e.g. to {@code OPTIONS}. */
  static void empty(Exchange exchange, int status, List<Header> headers) {
    HttpServerResponse response = begin(exchange, status);
    addAll(exchange, response.headers(), headers);
    end(exchange, response, status, null);
  }

  /** What every answer has. */
  static HttpServerResponse begin(Exchange exchange, int status) {
    EdgeLoop loop = exchange.loop();
    HttpServerResponse response = exchange.request().response();
    if (status != 200) {
      response.setStatusCode(status);
    }
    MultiMap headers = response.headers();
    headers.add(Names.X_REQUEST_ID, exchange.requestId());
    headers.add(Names.TRACEPARENT, exchange.traceparent());
    headers.add(Names.X_CONTENT_TYPE_OPTIONS, Names.NOSNIFF);
    Decision decision = exchange.decision();
    if (decision != null && !decision.windows().isEmpty()) {
      headers.add(Names.RATE_LIMIT_POLICY, loop.rateLimitHeaders.policy(decision));
      headers.add(Names.RATE_LIMIT, loop.rateLimitHeaders.limit(decision));
    }
    if (loop.cors.isEnabled()) {
      allowOrigin(loop.cors, exchange.header(Names.ORIGIN), headers);
    }
    if (loop.draining.hasBegun()) {
      exchange
          .connection()
          .answeringLast(System.nanoTime(), loop.config.shutdownGrace().toMillis());
    }
    if (exchange.connection().isClosing() && !exchange.isHttp2()) {
      headers.add(Names.CONNECTION, Names.CLOSE);
    }
    return response;
  }

  private static void allowOrigin(CorsPolicy cors, @Nullable String origin, MultiMap headers) {
    headers.add(Names.VARY, "origin");
    String allowed = cors.allow(origin);
    if (allowed != null) {
      headers.add(Names.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
      headers.add(Names.ACCESS_CONTROL_EXPOSE_HEADERS, CorsPolicy.RESPONSE_HEADERS);
    }
  }

  private static void end(
      Exchange exchange, HttpServerResponse response, int status, byte @Nullable [] body) {
    exchange.answering(status, body == null ? 0 : body.length);
    try {
      exchange.answered(send(exchange, response, body));
    } catch (IllegalStateException gone) {
      log.debug("The client left before its answer: {}", gone.getMessage());
    }
  }

  private static Future<Void> send(
      Exchange exchange, HttpServerResponse response, byte @Nullable [] body) {
    if (body == null) {
      return response.end();
    }
    if (exchange.method() == Method.HEAD) {
      response.headers().add(Names.CONTENT_LENGTH, Integer.toString(body.length));
      return response.end();
    }
    return response.end(Buffer.buffer(body));
  }

  static CharSequence contentType(String type) {
    return HeaderText.isValue(type) && !type.isEmpty() ? type : "application/octet-stream";
  }

  static void addAll(Exchange exchange, MultiMap fields, List<Header> headers) {
    for (int i = 0; i < headers.size(); i++) {
      Header header = headers.get(i);
      if (FRAMING.contains(header.name()) || !HeaderText.isField(header.name(), header.value())) {
        exchange.loop().meters.headerDropped();
        log.debug("Header {} of {} was dropped", header.name(), exchange.routeOrNull());
      } else {
        fields.add(header.name(), header.value());
      }
    }
  }
}
