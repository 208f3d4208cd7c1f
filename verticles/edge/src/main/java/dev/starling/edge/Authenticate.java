package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Learns who the caller is. An open operation asks nobody, and a token that is sent to it has no
 * effect.
 *
 * <p>When the auth service does not answer nobody is let through.
 */
final class Authenticate implements Stage {
  private static final String SCHEME = "Bearer ";
  private static final String CHALLENGE = "Bearer";

  private final Bus bus;
  private final long timeoutNanos;

  Authenticate(Bus bus, Duration timeout) {
    this.bus = bus;
    this.timeoutNanos = timeout.toNanos();
  }

  @Override
  public boolean enter(Exchange exchange) {
    if (exchange.route().operation().open()) {
      return true;
    }
    String authorization = exchange.header(Names.AUTHORIZATION);
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      exchange.challenge(CHALLENGE);
      exchange.refuse(EdgeRefusal.NO_TOKEN, "authorization: a bearer token is needed");
      return false;
    }
    VerifyToken request =
        new VerifyToken(authorization.substring(SCHEME.length()).strip(), exchange.clientAddress());
    exchange.await(
        bus.call(
            AuthContract.VERIFY,
            request,
            new CallContext(
                exchange.deadlineWithin(timeoutNanos),
                exchange.trace(),
                Principal.ANONYMOUS,
                exchange.priority(),
                true)));
    return false;
  }

  @Override
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    if (answer instanceof Verified verified) {
      exchange.principal(verified.principal());
      return true;
    } else if (answer instanceof Rejected rejected) {
      reject(exchange, rejected);
    } else {
      exchange.refuse(
          EdgeRefusal.AUTH_UNAVAILABLE, "tokens cannot be verified now; nothing was done");
    }
    return false;
  }

  private static void reject(Exchange exchange, Rejected rejected) {
    if (rejected.reason() == Reason.FLOOD) {
      exchange.retryAfter(rejected.retryAfterSeconds());
      exchange.refuse(EdgeRefusal.TOKEN_FLOOD, rejected.detail());
    } else {
      exchange.challenge(
          CHALLENGE
              + " error=\"invalid_token\", error_description=\""
              + HeaderText.quotable(rejected.detail())
              + "\"");
      exchange.refuse(EdgeRefusal.BAD_TOKEN, rejected.detail());
    }
  }
}
