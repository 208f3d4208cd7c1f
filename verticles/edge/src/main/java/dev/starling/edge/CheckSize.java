package dev.starling.edge;

/**
 * Refuses a body that is too large by its own account, before anything is spent on it, and an
 * expectation that the edge does not know.
 */
final class CheckSize implements Stage {

  @Override
  public boolean enter(Exchange exchange) {
    RequestBody body = exchange.requestBody();
    if (body == null) {
      return true;
    }
    if (body.declaredBytes() > body.limit()) {
      exchange.refuseBody();
      return false;
    }
    String expectation = exchange.header(Names.EXPECT);
    if (expectation != null && !expectation.equalsIgnoreCase("100-continue")) {
      exchange.refuse(EdgeRefusal.UNKNOWN_EXPECTATION, "expect: only 100-continue can be met");
      return false;
    }
    return true;
  }
}
