package dev.starling.auth;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What operators see of this service. */
final class AuthMeters {
  private AuthMeters() {}

  static void register(Shared shared, MeterRegistry meters) {
    Gauge.builder("starling.auth.hashing.waiting", shared.pool(), HashingPool::waiting)
        .description("Calls that wait for a hashing thread")
        .register(meters);
    Gauge.builder("starling.auth.revocations", shared.revocationList(), RevocationList::size)
        .description("Revocations in memory")
        .register(meters);
  }
}
