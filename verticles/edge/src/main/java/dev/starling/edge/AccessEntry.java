package dev.starling.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.bus.TraceContext;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * One answered request, for the access log. Immutable.
 *
 * @param timeMillis when it was answered
 * @param subject the verified caller; empty for an anonymous one
 * @param target what the client asked for; its query, which may hold personal data, is not logged
 * @param route the template; empty for none
 * @param status zero when the client left before it got one
 * @param bytes of the body
 */
record AccessEntry(
    long timeMillis,
    String requestId,
    TraceContext trace,
    String client,
    String subject,
    String method,
    String target,
    String route,
    String version,
    int status,
    long bytes,
    long durationNanos) {
  private static final JsonFactory JSON = new JsonFactory();

  static AccessEntry of(Exchange exchange, int status, long bytes, long durationNanos) {
    Route route = exchange.routeOrNull();
    return new AccessEntry(
        exchange.loop().clock.millis(),
        exchange.requestId().toString(),
        exchange.trace(),
        exchange.clientAddress(),
        exchange.principal().subject(),
        exchange.request().method().name(),
        exchange.request().uri(),
        route == null ? "" : route.operation().path(),
        exchange.isHttp2() ? "2" : "1.1",
        status,
        bytes,
        durationNanos);
  }

  String toJson() {
    int query = target.indexOf('?');
    StringWriter line = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", Instant.ofEpochMilli(timeMillis).toString());
      json.writeStringField("request_id", requestId);
      json.writeStringField("trace_id", trace.traceId());
      json.writeStringField("client", client);
      json.writeStringField("subject", subject);
      json.writeStringField("method", method);
      json.writeStringField("path", query < 0 ? target : target.substring(0, query));
      json.writeStringField("route", route);
      json.writeStringField("http_version", version);
      json.writeNumberField("status", status);
      json.writeNumberField("bytes", bytes);
      json.writeNumberField("duration_us", durationNanos / 1000);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be written to", e);
    }
    return line.toString();
  }
}
