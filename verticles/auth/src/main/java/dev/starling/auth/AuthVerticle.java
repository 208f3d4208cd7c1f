package dev.starling.auth;

import dev.starling.bus.CallContext;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Verification;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Verifies tokens for every other service. */
public final class AuthVerticle extends ServiceVerticle {
  private @Nullable TokenVerifier verifier;
  private InstantSource clock = InstantSource.system();

  @Override
  public Map<String, Record> settings() {
    return Map.of(AuthConfig.SECTION, AuthConfig.defaults());
  }

  @Override
  protected Future<?> open() {
    AuthConfig config = node().config(AuthConfig.SECTION, AuthConfig.defaults());
    clock = node().clock();
    VerificationKeys keys = new VerificationKeys(Map.of(), hmacKey(config));
    verifier = new TokenVerifier(config.profile(), () -> keys);
    return serve(AuthContract.VERIFY, this::verify);
  }

  private Future<Verification> verify(VerifyToken request, CallContext context) {
    TokenVerifier mine = verifier;
    if (mine == null) {
      throw new IllegalStateException("not open");
    }
    return Future.succeededFuture(
        mine.verify(request.token(), clock.instant().getEpochSecond()).answer());
  }

  private static VerificationKey.@Nullable Hmac hmacKey(AuthConfig config) {
    return config.hs256Secret().isPresent()
        ? new VerificationKey.Hmac(
            new SecretKeySpec(
                config.hs256Secret().value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
        : null;
  }
}
