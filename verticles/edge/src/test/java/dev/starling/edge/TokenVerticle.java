package dev.starling.edge;

import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.Verification;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Answers the auth contract in tests: the token {@code good.<subject>.<scope>...} is verified, the
 * others are rejected. A subject may be followed by {@code @<tenant>} and {@code ~<tier>}.
 */
final class TokenVerticle extends ServiceVerticle {
  /** How many tokens were looked at. */
  final AtomicInteger asked = new AtomicInteger();

  @Override
  public String name() {
    return AuthContract.SERVICE;
  }

  @Override
  protected Future<?> open() {
    return serve(
        AuthContract.VERIFY, (request, context) -> Future.succeededFuture(verify(request)));
  }

  private Verification verify(VerifyToken request) {
    asked.incrementAndGet();
    String[] parts = request.token().split("\\.");
    if (parts[0].equals("flood")) {
      return new Rejected(Reason.FLOOD, "too many bad tokens from here", 7);
    }
    if (!parts[0].equals("good")) {
      return new Rejected(Reason.EXPIRED, "the token \"expired\"\r\nx-evil: 1", 0);
    }
    Set<String> scopes = Arrays.stream(parts).skip(2).collect(Collectors.toSet());
    String[] subjectAndTier = parts[1].split("~");
    String[] subjectAndTenant = subjectAndTier[0].split("@");
    return new Verified(
        new Principal(
            subjectAndTenant[0], scopes, second(subjectAndTenant), second(subjectAndTier)),
        Long.MAX_VALUE);
  }

  private static String second(String[] parts) {
    return parts.length > 1 ? parts[1] : "";
  }
}
