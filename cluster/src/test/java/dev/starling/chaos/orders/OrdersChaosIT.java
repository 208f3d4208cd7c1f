package dev.starling.chaos.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.chaos.orders.OrdersRun.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code scripts/chaos orders}: each fault that loopback can have once, and then
 * with bugs planted into the service. It counts, and asserts no times.
 */
@Timeout(420)
final class OrdersChaosIT {
  private static final Duration AT_MOST = Duration.ofMinutes(4);
  private static final int CLIENTS = 16;
  private static final int MEAN_PAUSE_MILLIS = 40;
  private static final long SEED = 1;
  private static final List<String> ZONES = List.of("a", "b");
  private static final List<String> JVM =
      List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  @TempDir Path directory;

  @Test
  void orders_underFaults_areNeitherLostNorDoubledNorMadeUp() {
    Verdict verdict =
        run(
            null,
            lab -> {},
            plan(3_000, Trouble.KILL, Trouble.FREEZE, Trouble.POSTGRES, Trouble.PROMOTE));

    assertThat(verdict.violations()).extracting(Violation::describe).isEmpty();
    assertThat(verdict.untested()).isEmpty();
  }

  @Test
  void keyWithoutItsUniqueIndex_isCaught() {
    Verdict verdict = run(null, OrdersChaosIT::dropUniqueIndex, plan(3_000));

    assertThat(verdict.violationsOf(Invariant.EXACTLY_ONCE)).isPositive();
  }

  @Test
  void acknowledgementBeforeCommit_isCaught() throws IOException {
    Verdict verdict =
        run(
            PlantedBug.ACKNOWLEDGED_BEFORE_COMMIT.jar(directory),
            lab -> {},
            plan(3_000, Trouble.POSTGRES, Trouble.POSTGRES, Trouble.POSTGRES));

    assertThat(verdict.violationsOf(Invariant.EXACTLY_ONCE)).isPositive();
  }

  @Test
  void eventOutsideTheTransaction_isCaught() throws IOException {
    Verdict verdict =
        run(
            PlantedBug.PUBLISHED_OUTSIDE_THE_TRANSACTION.jar(directory),
            lab -> {},
            plan(3_000, Trouble.POSTGRES));

    assertThat(verdict.violationsOf(Invariant.NO_PHANTOM)).isPositive();
  }

  /** Each trouble once. */
  private static Plan plan(int operations, Trouble... troubles) {
    return new Plan(operations, troubles.length, AT_MOST, List.of(troubles), SEED);
  }

  private Verdict run(@Nullable Path jar, Consumer<OrdersLab> before, Plan plan) {
    OrdersLab.Options options =
        new OrdersLab.Options(
            directory, 23_300, ZONES, /* network= */ false, OrdersChaos.SERVICES, JVM, jar);
    Shoppers.Options clients = new Shoppers.Options(CLIENTS, MEAN_PAUSE_MILLIS, SEED);
    try (OrdersLab lab = OrdersLab.start(options)) {
      before.accept(lab);
      return OrdersRun.run(lab, plan, clients, OrdersChaos.SERVICES, directory, System.out::println)
          .verdict();
    }
  }

  private static void dropUniqueIndex(OrdersLab lab) {
    try {
      for (Connection database : lab.databases().connect()) {
        try (database;
            Statement statement = database.createStatement()) {
          statement.execute(
              """
              DO $$
              DECLARE schema text;
              BEGIN
                FOR schema IN
                  SELECT schemaname FROM pg_indexes WHERE indexname = 'orders_idempotency_key'
                LOOP
                  EXECUTE format('DROP INDEX %I.orders_idempotency_key', schema);
                END LOOP;
              END $$""");
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
