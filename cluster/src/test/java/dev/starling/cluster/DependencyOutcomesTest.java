package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.breaker.Outcome;
import dev.starling.postgres.SqlException;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.SqlFailure.Kind;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which failures speak against PostgreSQL. */
class DependencyOutcomesTest {
  @ParameterizedTest
  @CsvSource({
    "TIMEOUT, TIMEOUT",
    "UNAVAILABLE, CONNECT_ERROR",
    "UNKNOWN_OUTCOME, CONNECT_ERROR",
    "UNIQUE_VIOLATION, CLIENT_ERROR",
    "CHECK_VIOLATION, CLIENT_ERROR",
    "SERIALIZATION, CLIENT_ERROR",
    "OTHER, CLIENT_ERROR"
  })
  void postgres_eachKind_isJudged(Kind kind, Outcome outcome) {
    assertThat(DependencyOutcomes.ofPostgres(failure(kind, null))).isEqualTo(outcome);
  }

  @Test
  void postgres_fullPool_isThisNodes() {
    Throwable full = new ConnectionPoolTooBusyException("65 wait");

    assertThat(DependencyOutcomes.ofPostgres(failure(Kind.UNAVAILABLE, full)))
        .isEqualTo(Outcome.SHED);
  }

  @Test
  void postgres_verticlesOwnFailure_saysNothing() {
    assertThat(DependencyOutcomes.ofPostgres(new IllegalStateException("mine")))
        .isEqualTo(Outcome.CANCELLED);
  }

  private static SqlException failure(Kind kind, @Nullable Throwable cause) {
    return new SqlException(new SqlFailure(kind, "", "", "failed"), cause);
  }
}
