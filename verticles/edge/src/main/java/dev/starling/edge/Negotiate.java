package dev.starling.edge;

import dev.starling.contract.operation.Header;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the client wants a stream, and turns it away if that cannot be: before anything is
 * spent on it, since afterwards nobody could tell it.
 */
final class Negotiate implements Stage {
  private final CorsPolicy origins;

  Negotiate(CorsPolicy origins) {
    this.origins = origins;
  }

  @Override
  public boolean enter(Exchange exchange) {
    Interaction interaction = exchange.route().operation().interaction();
    return interaction == Interaction.CALL || stream(exchange, interaction);
  }

  private boolean stream(Exchange exchange, Interaction interaction) {
    if (exchange.method() == Method.HEAD) {
      exchange.refuse(
          EdgeRefusal.METHOD_NOT_ALLOWED,
          "method: HEAD (expected: GET, since a stream's head says nothing of it)",
          new Header("allow", "GET, OPTIONS"));
      return false;
    }
    if (isWebSocket(exchange)) {
      return webSocket(exchange);
    }
    if (interaction == Interaction.SOCKET || exchange.request().version() == HttpVersion.HTTP_1_0) {
      exchange.refuse(
          EdgeRefusal.UPGRADE_REQUIRED,
          interaction == Interaction.SOCKET
              ? "upgrade: a WebSocket over HTTP/1.1 is needed"
              : "version: HTTP/1.0 (expected: HTTP/1.1 or later)");
      return false;
    }
    boolean bulk = interaction == Interaction.BULK;
    Delivery delivery =
        bulk
            ? Delivery.acceptedLines(exchange.header(Names.ACCEPT))
            : Delivery.accepted(exchange.header(Names.ACCEPT));
    if (delivery == null) {
      exchange.refuse(
          EdgeRefusal.NOT_ACCEPTABLE,
          "accept: "
              + exchange.header(Names.ACCEPT)
              + " (expected: "
              + (bulk
                  ? Delivery.LINES.mediaType()
                  : Delivery.EVENTS.mediaType()
                      + " or "
                      + Delivery.LINES.mediaType()
                      + ", or a WebSocket")
              + ")");
      return false;
    }
    exchange.delivery(delivery);
    return true;
  }

  private boolean webSocket(Exchange exchange) {
    String key = exchange.header(Names.SEC_WEBSOCKET_KEY);
    String version = exchange.header(Names.SEC_WEBSOCKET_VERSION);
    String origin = exchange.header(Names.ORIGIN);
    if (exchange.method() != Method.GET
        || exchange.requestBody() != null
        || key == null
        || !"13".equals(version)) {
      exchange.refuse(
          EdgeRefusal.BAD_REQUEST,
          "handshake: version "
              + version
              + " (expected: GET without a body, with a key and version 13)");
      return false;
    }
    if (origin != null && !isOwn(origin, exchange) && origins.allow(origin) == null) {
      exchange.refuse(
          EdgeRefusal.FOREIGN_ORIGIN,
          "origin: " + origin + " (expected: one of http.cors.origins)");
      return false;
    }
    exchange.delivery(Delivery.SOCKET);
    // A request that has been read to its end cannot become a WebSocket any more.
    exchange.request().pause();
    return true;
  }

  private static boolean isWebSocket(Exchange exchange) {
    String upgrade = exchange.header(Names.UPGRADE);
    return upgrade != null && upgrade.equalsIgnoreCase("websocket") && !exchange.isHttp2();
  }

  /** Pages that came from this very host; scripts of others may open sockets, CORS or not. */
  private static boolean isOwn(String origin, Exchange exchange) {
    int authority = origin.indexOf("://");
    @Nullable String host = exchange.header(Names.HOST);
    return authority > 0 && origin.substring(authority + 3).equalsIgnoreCase(host);
  }
}
