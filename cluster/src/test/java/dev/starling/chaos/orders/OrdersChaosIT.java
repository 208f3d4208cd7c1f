package dev.starling.chaos.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.chaos.orders.OrdersRun.Plan;
import java.io.IOException;
import java.nio.file.Path;
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
  void keysWithoutTheirUniqueIndex_areCaught() {
    PlantedBug doubled = PlantedBug.KEYS_WITHOUT_THEIR_UNIQUE_INDEX;
    Verdict verdict = run(null, doubled::prepare, plan(3_000));

    assertThat(verdict.violationsOf(doubled.broken())).isPositive();
  }

  @Test
  void eventOutsideTheTransaction_isCaught() throws IOException {
    PlantedBug published = PlantedBug.PUBLISHED_OUTSIDE_THE_TRANSACTION;
    Verdict verdict = run(published.jar(directory), lab -> {}, plan(3_000, Trouble.POSTGRES));

    assertThat(verdict.violationsOf(published.broken())).isPositive();
  }

  /** A crash has to come at the right moment, so there are several. */
  @Test
  void acknowledgementBeforeCommit_isCaught() throws IOException {
    PlantedBug acknowledged = PlantedBug.ACKNOWLEDGED_BEFORE_COMMIT;
    Verdict verdict =
        run(
            acknowledged.jar(directory),
            lab -> {},
            plan(3_000, Trouble.POSTGRES, Trouble.POSTGRES, Trouble.POSTGRES));

    assertThat(verdict.violationsOf(acknowledged.broken())).isPositive();
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
}
