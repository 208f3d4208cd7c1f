package dev.starling.edge;

/** Turns away callers who were not granted the operation's scope. */
final class Authorize implements Stage {

  @Override
  public boolean enter(Exchange exchange) {
    String scope = exchange.route().operation().scope();
    if (scope == null || exchange.principal().may(scope)) {
      return true;
    }
    exchange.challenge(
        "Bearer error=\"insufficient_scope\", scope=\"" + HeaderText.quotable(scope) + "\"");
    exchange.refuse(EdgeRefusal.INSUFFICIENT_SCOPE, "the token does not grant " + scope);
    return false;
  }
}
