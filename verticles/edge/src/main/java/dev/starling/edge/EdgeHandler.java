package dev.starling.edge;

import dev.starling.contract.operation.Header;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes each request of one event loop: reads its target, finds its route, and sends it through the
 * pipeline, or answers it where there is none.
 */
final class EdgeHandler implements Handler<HttpServerRequest> {
  private final EdgeLoop loop;
  private final @Nullable Pages pages;
  private final RequestTarget target = new RequestTarget();
  private final RouteMatch match = new RouteMatch();
  private final HostHeader host = new HostHeader();

  /**
   * @param pages null when only operations are served
   */
  EdgeHandler(EdgeLoop loop, @Nullable Pages pages) {
    this.loop = loop;
    this.pages = pages;
  }

  @Override
  public void handle(HttpServerRequest request) {
    long now = System.nanoTime();
    Connection connection = loop.connections.of(request.connection());
    if (connection == null || connection.isClosing() && request.version() != HttpVersion.HTTP_2) {
      // Whoever sends more after Connection: close gets no answer to it.
      return;
    }
    Exchange exchange = new Exchange(loop, request, connection, now);
    String uri = request.uri();
    if (uri.length() > loop.config.maxUriBytes()) {
      exchange.closeAfterAnswer();
      refuse(
          exchange,
          EdgeRefusal.TARGET_TOO_LONG,
          "request target: too long (expected: <= " + loop.config.maxUriBytes() + " bytes)");
    } else if (!host.isGood(request)) {
      exchange.closeAfterAnswer();
      refuse(exchange, EdgeRefusal.BAD_REQUEST, "host: (expected: exactly one, host[:port])");
    } else if (exchange.header("") != null) {
      exchange.closeAfterAnswer();
      refuse(exchange, EdgeRefusal.BAD_REQUEST, "header: (expected: a name before the colon)");
    } else if (uri.equals("*") && exchange.method() == Method.OPTIONS) {
      expectBody(exchange, 0);
      Answer.empty(exchange, 204, List.of());
    } else if (!target.read(uri)) {
      refuse(exchange, EdgeRefusal.BAD_REQUEST, String.valueOf(target.problem()));
    } else {
      route(exchange);
    }
  }

  private void route(Exchange exchange) {
    Catalog.Snapshot catalog = loop.catalog.now();
    loop.meters.catalogIs(catalog.version());
    loop.rules.catalogIs(catalog.version());
    Method method = exchange.method();
    catalog.table().find(target.text(), target.from(), target.to(), method, match);
    Route route = match.route();
    if (route != null) {
      begin(exchange, route);
    } else if (match.allowed() == 0) {
      page(exchange);
    } else if (method == Method.OPTIONS) {
      options(exchange, match.allowed());
    } else {
      String allow = Method.allow(match.allowed());
      expectBody(exchange, RequestBody.REFUSED_BYTES);
      exchange.refuse(
          EdgeRefusal.METHOD_NOT_ALLOWED,
          "method: " + exchange.request().method() + " (expected: " + allow + ")",
          new Header("allow", allow));
    }
  }

  private void page(Exchange exchange) {
    Pages known = pages;
    if (known != null && known.has(target.text(), target.from(), target.to())) {
      expectBody(exchange, 0);
      known.serve(exchange);
    } else {
      refuse(exchange, EdgeRefusal.NO_ROUTE, "no operation has this path");
    }
  }

  private void begin(Exchange exchange, Route route) {
    OperationRecord operation = route.operation();
    long asked =
        RequestTimeout.millis(
            exchange.header(Names.X_REQUEST_TIMEOUT_MS), exchange.header(Names.GRPC_TIMEOUT));
    if (asked == RequestTimeout.INVALID) {
      exchange.found(route);
      refuse(
          exchange,
          EdgeRefusal.BAD_REQUEST,
          "x-request-timeout-ms or grpc-timeout: (expected: a positive integer of at most 8"
              + " digits; for grpc-timeout with a unit of HMSmun)");
      return;
    }
    expectBody(
        exchange,
        operation.interaction() == Interaction.BULK ? Long.MAX_VALUE : operation.maxBodyBytes());
    exchange.begin(route, match.parameters(target.text()), target.query(), asked);
  }

  private void options(Exchange exchange, int methods) {
    List<Header> headers = new ArrayList<>();
    String allow = Method.allow(methods);
    headers.add(new Header("allow", allow));
    boolean preflight =
        loop.cors.isEnabled()
            && exchange.header(Names.ACCESS_CONTROL_REQUEST_METHOD) != null
            && loop.cors.allow(exchange.header(Names.ORIGIN)) != null;
    if (preflight) {
      headers.add(new Header("access-control-allow-methods", allow));
      headers.add(new Header("access-control-allow-headers", CorsPolicy.REQUEST_HEADERS));
      headers.add(new Header("access-control-max-age", CorsPolicy.MAX_AGE_SECONDS));
    }
    expectBody(exchange, 0);
    Answer.empty(exchange, 204, headers);
  }

  private void refuse(Exchange exchange, EdgeRefusal refusal, String detail) {
    expectBody(exchange, RequestBody.REFUSED_BYTES);
    exchange.refuse(refusal, detail);
  }

  /** Prepares to read the body, if one may come. */
  private void expectBody(Exchange exchange, long maxBytes) {
    String length = exchange.header(Names.CONTENT_LENGTH);
    boolean comes =
        length != null
            ? !length.equals("0")
            : exchange.isHttp2()
                ? maxBytes > 0 && !exchange.request().isEnded()
                : exchange.header(Names.TRANSFER_ENCODING) != null;
    if (comes) {
      exchange.requestBody(
          new RequestBody(
              exchange,
              exchange.request(),
              length == null ? -1 : parse(length),
              maxBytes,
              exchange.header(Names.EXPECT) != null,
              exchange.startNanos() + loop.requestNanos));
    }
  }

  private static long parse(@Nullable String length) {
    try {
      return Long.parseLong(String.valueOf(length));
    } catch (NumberFormatException e) {
      // Netty lets no such thing through; if it ever does, no limit is large enough.
      return Long.MAX_VALUE;
    }
  }
}
