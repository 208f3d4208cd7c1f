package dev.starling.edge;

/** Why the edge itself turns a request away, before any service hears of it. */
enum EdgeRefusal {
  /** It is not HTTP, or not HTTP as this edge wants it. */
  BAD_REQUEST,
  TARGET_TOO_LONG,
  HEADERS_TOO_LARGE,
  NO_ROUTE,
  METHOD_NOT_ALLOWED,
  BODY_TOO_LARGE,
  /** It wants a stream in a form that there is not. */
  NOT_ACCEPTABLE,
  /** It wants a socket and does not ask for one. */
  UPGRADE_REQUIRED,
  /** A page of another origin wants a socket. */
  FOREIGN_ORIGIN,
  /** Its connection has as many streams as it may. */
  TOO_MANY_STREAMS,
  /** Its body did not arrive in time. */
  SLOW,
  /** It expects something else than {@code 100-continue}. */
  UNKNOWN_EXPECTATION,
  /** It has no token. */
  NO_TOKEN,
  /** Its token is not good. */
  BAD_TOKEN,
  /** Its token does not grant the scope. */
  INSUFFICIENT_SCOPE,
  /** Too many bad tokens came from its address. */
  TOKEN_FLOOD,
  /** Its token cannot be verified now. */
  AUTH_UNAVAILABLE,
  /** This edge has as much to do as it can. */
  OVERLOADED
}
