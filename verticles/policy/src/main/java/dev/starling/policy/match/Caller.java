package dev.starling.policy.match;

/**
 * Whom a call is from, as rules see it. Immutable.
 *
 * @param consumer the verified subject; empty for an anonymous caller
 * @param tenant empty for none
 * @param tier empty for none
 * @param address IP address as text; empty when it is not known
 */
public record Caller(String consumer, String tenant, String tier, String address) {
  public static final Caller UNKNOWN = new Caller("", "", "", "");

  public boolean isAnonymous() {
    return consumer.isEmpty();
  }
}
