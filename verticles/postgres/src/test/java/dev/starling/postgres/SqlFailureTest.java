package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.SqlFailure.Kind;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SqlFailureTest {
  @ParameterizedTest
  @CsvSource({
    "23505, UNIQUE_VIOLATION",
    "23514, CHECK_VIOLATION",
    "40001, SERIALIZATION",
    "40P01, SERIALIZATION",
    "57014, TIMEOUT",
    "55P03, TIMEOUT",
    "25P03, TIMEOUT",
    "57P03, UNAVAILABLE",
    "53300, UNAVAILABLE",
    "28P01, UNAVAILABLE",
    "3D000, UNAVAILABLE",
    "25006, UNAVAILABLE",
    "57P01, UNKNOWN_OUTCOME",
    "08006, UNKNOWN_OUTCOME",
    "42601, OTHER",
    "23503, OTHER",
  })
  void classify_stateOfTheServer_decides(String sqlState, Kind kind) {
    PgException failure = new PgException("message", "ERROR", sqlState, "detail");
    assertThat(SqlFailure.classify(failure).kind()).isEqualTo(kind);
    assertThat(SqlFailure.classify(failure).sqlState()).isEqualTo(sqlState);
    assertThat(SqlFailure.classify(new SQLException("message", sqlState)).kind()).isEqualTo(kind);
  }

  static Stream<Arguments> failuresOfTheClient() {
    return Stream.of(
        Arguments.of(new ConnectionPoolTooBusyException("full"), Kind.UNAVAILABLE),
        Arguments.of(new ConnectException("refused"), Kind.UNAVAILABLE),
        Arguments.of(new VertxException("Timeout waiting for connection"), Kind.UNAVAILABLE),
        Arguments.of(new VertxException("Connection is not active now, …"), Kind.UNAVAILABLE),
        Arguments.of(new VertxException("Pool closed"), Kind.UNAVAILABLE),
        Arguments.of(Future.failedFuture("Pool closed").cause(), Kind.UNAVAILABLE),
        Arguments.of(new VertxException("something new"), Kind.UNKNOWN_OUTCOME),
        Arguments.of(ClosedConnectionException.INSTANCE, Kind.UNKNOWN_OUTCOME),
        Arguments.of(new IOException("Connection reset by peer"), Kind.UNKNOWN_OUTCOME),
        Arguments.of(new ReplyException(ReplyFailure.TIMEOUT, "mine"), Kind.OTHER),
        Arguments.of(new IllegalStateException("mine"), Kind.OTHER));
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheClient")
  void classify_failureOfTheClient_isCertainOrUnknown(Throwable failure, Kind kind) {
    assertThat(SqlFailure.classify(failure).kind()).isEqualTo(kind);
  }

  @Test
  void classify_sqlException_givesBackItsFailure() {
    SqlFailure failure = new SqlFailure(Kind.TIMEOUT, "", "", "late");
    assertThat(SqlFailure.classify(new SqlException(failure, null))).isSameAs(failure);
  }

  @Test
  void withoutEffect_changesOnlyTheUnknown() {
    SqlFailure unknown = new SqlFailure(Kind.UNKNOWN_OUTCOME, "", "57P01", "lost");
    SqlFailure unique = new SqlFailure(Kind.UNIQUE_VIOLATION, "key", "23505", "twice");
    assertThat(unknown.withoutEffect().kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(unique.withoutEffect()).isSameAs(unique);
  }
}
