package dev.starling.edge;

import static io.vertx.core.http.HttpHeaders.createOptimized;

/**
 * Names and values of header fields, made once in the form that is fastest to look up and write.
 */
final class Names {
  static final CharSequence ACCESS_CONTROL_ALLOW_HEADERS =
      createOptimized("access-control-allow-headers");
  static final CharSequence ACCESS_CONTROL_ALLOW_METHODS =
      createOptimized("access-control-allow-methods");
  static final CharSequence ACCESS_CONTROL_ALLOW_ORIGIN =
      createOptimized("access-control-allow-origin");
  static final CharSequence ACCESS_CONTROL_EXPOSE_HEADERS =
      createOptimized("access-control-expose-headers");
  static final CharSequence ACCESS_CONTROL_MAX_AGE = createOptimized("access-control-max-age");
  static final CharSequence ACCESS_CONTROL_REQUEST_METHOD =
      createOptimized("access-control-request-method");
  static final CharSequence ACCEPT = createOptimized("accept");
  static final CharSequence ALLOW = createOptimized("allow");
  static final CharSequence AUTHORIZATION = createOptimized("authorization");
  static final CharSequence CACHE_CONTROL = createOptimized("cache-control");
  static final CharSequence CONNECTION = createOptimized("connection");
  static final CharSequence CONTENT_LENGTH = createOptimized("content-length");
  static final CharSequence CONTENT_TYPE = createOptimized("content-type");
  static final CharSequence EXPECT = createOptimized("expect");
  static final CharSequence FORWARDED = createOptimized("forwarded");
  static final CharSequence GRPC_TIMEOUT = createOptimized("grpc-timeout");
  static final CharSequence HOST = createOptimized("host");
  static final CharSequence ORIGIN = createOptimized("origin");
  static final CharSequence IF_NONE_MATCH = createOptimized("if-none-match");
  static final CharSequence PRIORITY = createOptimized("priority");
  static final CharSequence RATE_LIMIT = createOptimized("ratelimit");
  static final CharSequence RATE_LIMIT_POLICY = createOptimized("ratelimit-policy");
  static final CharSequence RETRY_AFTER = createOptimized("retry-after");
  static final CharSequence SEC_WEBSOCKET_KEY = createOptimized("sec-websocket-key");
  static final CharSequence SEC_WEBSOCKET_VERSION = createOptimized("sec-websocket-version");
  static final CharSequence TRACEPARENT = createOptimized("traceparent");
  static final CharSequence TRACESTATE = createOptimized("tracestate");
  static final CharSequence TRANSFER_ENCODING = createOptimized("transfer-encoding");
  static final CharSequence UPGRADE = createOptimized("upgrade");
  static final CharSequence VARY = createOptimized("vary");
  static final CharSequence WWW_AUTHENTICATE = createOptimized("www-authenticate");
  static final CharSequence X_CONTENT_TYPE_OPTIONS = createOptimized("x-content-type-options");
  static final CharSequence X_DECISION_ID = createOptimized("x-decision-id");
  static final CharSequence X_FORWARDED_FOR = createOptimized("x-forwarded-for");
  static final CharSequence X_REQUEST_ID = createOptimized("x-request-id");
  static final CharSequence X_REQUEST_TIMEOUT_MS = createOptimized("x-request-timeout-ms");

  static final CharSequence APPLICATION_JSON = createOptimized("application/json");
  static final CharSequence WEBSOCKET = createOptimized("websocket");
  static final CharSequence CLOSE = createOptimized("close");
  static final CharSequence NO_STORE = createOptimized("no-store");
  static final CharSequence NOSNIFF = createOptimized("nosniff");
  static final CharSequence PROBLEM_JSON = createOptimized("application/problem+json");

  private Names() {}
}
