package dev.starling.chaos.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.chaos.orders.ModelShop.Bug;
import dev.starling.load.Pause;
import dev.starling.load.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shoppers and checker, with a shop that keeps its word and with some that do not. */
@Timeout(60)
final class ShoppersTest {
  private static final int CLIENTS = 16;
  private static final int CALLS = 2_000;

  @TempDir Path directory;

  @Test
  void shop_thatKeepsItsWord_isFoundToDoSo_alsoFromTheFile() {
    Run run = run(Set.of());

    assertThat(run.verdict.violations()).extracting(Violation::describe).isEmpty();
    assertThat(run.verdict.untested()).isEmpty();
    assertThat(run.operations)
        .as("what the shop had to be asked about")
        .extracting(operation -> History.Type.of(operation.outcome()))
        .contains(History.Type.OK, History.Type.FAIL, History.Type.UNKNOWN);
    assertThat(History.read(directory.resolve("history.jsonl"))).isEqualTo(run.operations);
  }

  @ParameterizedTest
  @CsvSource({
    "KEY_NOT_UNIQUE, EXACTLY_ONCE",
    "ACKNOWLEDGED_BEFORE_COMMIT, EXACTLY_ONCE",
    "PUBLISHED_OUTSIDE_THE_TRANSACTION, NO_PHANTOM",
    "REFUSED_AND_DONE, ASKED_FOR",
    "STALE_READS, VISIBLE",
    "STOCK_NOT_RETURNED, STOCK",
    "EFFECT_TWICE, EXACTLY_ONCE"
  })
  void shop_thatDoesNot_isFoundOut(Bug bug, Invariant invariant) {
    assertThat(run(Set.of(bug)).verdict.violationsOf(invariant)).isPositive();
  }

  private record Run(List<Operation> operations, Verdict verdict) {}

  private Run run(Set<Bug> bugs) {
    Map<String, Long> stock = new TreeMap<>();
    List<User> users = new ArrayList<>();
    IntStream.range(0, 8).forEach(i -> stock.put("article-" + i, i < 2 ? 20L : 100_000L));
    IntStream.range(0, CLIENTS).forEach(i -> users.add(new User("user-" + i, "user-" + i)));
    try (ModelShop shop = new ModelShop(stock, 1, bugs);
        Shoppers shoppers =
            new Shoppers(
                new Shoppers.Options(CLIENTS, 0, 1),
                List.of(shop.address()),
                users,
                List.copyOf(stock.keySet()),
                directory.resolve("history.jsonl"))) {
      shoppers.open();
      while (shoppers.calls() < CALLS) {
        Pause.millis(10);
      }
      shoppers.finish();
      List<Operation> operations = shoppers.operations();
      return new Run(
          operations, HistoryChecker.check(operations, shop.evidence(), shop.expectations()));
    }
  }
}
