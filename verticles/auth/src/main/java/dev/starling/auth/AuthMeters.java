package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What operators see of this service. Thread-safe. */
final class AuthMeters {
  private final Map<Reason, Counter> rejected = new EnumMap<>(Reason.class);

  AuthMeters(MeterRegistry meters, HashingPool pool, Argon2id hashing, RevocationList revocations) {
    Gauge.builder("starling.auth.hashing.waiting", pool, HashingPool::waiting)
        .description("Calls that wait for a hashing thread")
        .register(meters);
    FunctionCounter.builder("starling.auth.hashes", hashing, Argon2id::computed)
        .description("Password hashes that were computed")
        .register(meters);
    Gauge.builder("starling.auth.revocations", revocations, RevocationList::size)
        .description("Revocations in memory")
        .register(meters);
    for (Reason reason : Reason.values()) {
      rejected.put(
          reason,
          Counter.builder("starling.auth.tokens.rejected")
              .description("Access tokens that were not good")
              .tag("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
  }

  void rejected(Reason reason) {
    Counter counter = rejected.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }
}
