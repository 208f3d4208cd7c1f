package dev.starling.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(VertxExtension.class)
class PostgresIT {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final String INSERT = "INSERT INTO sample.things VALUES (1, 'one')";

  @TempDir Path directory;

  @Test
  void transact_repeatedKey_failsAsUniqueViolation(Vertx vertx, VertxTestContext test) {
    Postgres.start(vertx, directory, PostgresConfig.defaults())
        .compose(
            postgres ->
                postgres
                    .migrate("sample", "classpath:db/sample", getClass().getClassLoader())
                    .compose(done -> insert(postgres))
                    .compose(done -> insert(postgres))
                    .transform(
                        result -> {
                          SqlFailure failure = SqlFailure.classify(result.cause());
                          return postgres.close().map(failure);
                        }))
        .onComplete(
            test.succeeding(
                failure ->
                    test.verify(
                        () -> {
                          assertThat(failure.kind()).isEqualTo(SqlFailure.Kind.UNIQUE_VIOLATION);
                          assertThat(failure.constraint()).isEqualTo("things_pkey");
                          test.completeNow();
                        })));
  }

  private static Future<?> insert(Postgres postgres) {
    return postgres.transact(LIMIT, connection -> connection.query(INSERT).execute());
  }
}
