package dev.starling.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.orders.Decision.KeyReused;
import dev.starling.orders.Decision.MixedCurrencies;
import dev.starling.orders.Decision.Placed;
import dev.starling.orders.Decision.Replayed;
import dev.starling.orders.Decision.Short;
import dev.starling.orders.Decision.TotalTooLarge;
import dev.starling.orders.Decision.UnknownSkus;
import dev.starling.orders.OrderBook.Earlier;
import dev.starling.orders.OrderBook.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OrderBookTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final UUID ADA = new UUID(0, 1);
  private static final UUID BEN = new UUID(0, 2);

  private final AtomicLong ids = new AtomicLong();
  private final Map<String, Item> items =
      new HashMap<>(
          Map.of(
              "A", new Item(new Money(1999, "EUR"), 10),
              "B", new Item(new Money(1, "EUR"), 3),
              "D", new Item(new Money(500, "USD"), 3),
              "GOLD", new Item(new Money(Money.MAX_AMOUNT, "EUR"), 3)));
  private final Map<Request.Key, Earlier> earlier = new HashMap<>();

  @Test
  void decide_inStock_isPlacedWithThePricesOfNow() {
    OrderBook book = book();
    Request request = request(ADA, "k", line("A", 2), line("B", 3));

    Decision decision = book.decide(request);

    assertThat(decision)
        .isEqualTo(
            new Placed(
                new Order(
                    new UUID(7, 1),
                    ADA,
                    new Money(2 * 1999 + 3, "EUR"),
                    List.of(
                        new PricedLine("A", 2, new Money(1999, "EUR")),
                        new PricedLine("B", 3, new Money(1, "EUR"))),
                    NOW,
                    null),
                request));
    assertThat(book.sold()).isEqualTo(Map.of("A", 2L, "B", 3L));
  }

  @Test
  void decide_lastPieces_goToWhoComesFirst() {
    OrderBook book = book();

    assertThat(book.decide(request(ADA, "1", line("B", 2)))).isInstanceOf(Placed.class);
    assertThat(book.decide(request(ADA, "2", line("B", 2)))).isEqualTo(new Short(Map.of("B", 2L)));
    assertThat(book.decide(request(BEN, "3", line("B", 1)))).isInstanceOf(Placed.class);
    assertThat(book.decide(request(BEN, "4", line("B", 1)))).isEqualTo(new Short(Map.of("B", 1L)));
    assertThat(book.sold()).isEqualTo(Map.of("B", 3L));
  }

  @Test
  void decide_tooMuchOfOneLine_takesNothingOfTheOthers() {
    OrderBook book = book();

    assertThat(book.decide(request(ADA, "1", line("A", 10), line("B", 4))))
        .isEqualTo(new Short(Map.of("B", 4L)));
    assertThat(book.decide(request(ADA, "2", line("A", 10)))).isInstanceOf(Placed.class);
  }

  @Test
  void decide_articleOnTwoLines_countsThemTogether() {
    assertThat(book().decide(request(ADA, "1", line("B", 2), line("B", 2))))
        .isEqualTo(new Short(Map.of("B", 4L)));
  }

  @Test
  void decide_keyOfTheSameBody_isReplayedEvenWhenSoldOut() {
    Order stored = store("k", line("A", 2));
    items.put("A", new Item(new Money(1, "EUR"), 0));

    assertThat(book().decide(request(ADA, "k", line("A", 2)))).isEqualTo(new Replayed(stored));
  }

  @Test
  void decide_keyOfACancelledOrder_isReplayedAsItWasPlaced() {
    store("k", line("A", 2));
    Earlier placed = earlier.values().iterator().next();
    Order order = placed.order();
    earlier.put(
        new Request.Key(ADA, "k"),
        new Earlier(
            new Order(
                order.id(),
                order.userId(),
                order.total(),
                order.lines(),
                order.createdAt(),
                NOW.plusSeconds(1)),
            placed.fingerprint()));

    assertThat(book().decide(request(ADA, "k", line("A", 2)))).isEqualTo(new Replayed(order));
  }

  @Test
  void decide_keyOfAnotherBody_isReused() {
    Order stored = store("k", line("A", 2));

    assertThat(book().decide(request(ADA, "k", line("A", 3))))
        .isEqualTo(new KeyReused(stored.id()));
    assertThat(book().decide(request(BEN, "k", line("A", 3)))).isInstanceOf(Placed.class);
  }

  @Test
  void decide_sameKeyTwiceInABatch_isPlacedOnce() {
    OrderBook book = book();
    Decision first = book.decide(request(ADA, "k", line("A", 2)));

    assertThat(book.decide(request(ADA, "k", line("A", 2))))
        .isEqualTo(new Replayed(((Placed) first).order()));
    assertThat(book.decide(request(ADA, "k", line("A", 1)))).isInstanceOf(KeyReused.class);
    assertThat(book.sold()).isEqualTo(Map.of("A", 2L));
  }

  @Test
  void decide_unknownArticles_areNamedByLine() {
    assertThat(book().decide(request(ADA, "k", line("X", 1), line("A", 1), line("Y", 1))))
        .isEqualTo(new UnknownSkus(List.of(0, 2)));
  }

  @Test
  void decide_twoCurrencies_areRefused() {
    assertThat(book().decide(request(ADA, "k", line("A", 1), line("B", 1), line("D", 1))))
        .isEqualTo(new MixedCurrencies(2, "EUR", "USD"));
  }

  @Test
  void decide_totalBeyondMoney_isRefused() {
    OrderBook book = book();

    assertThat(book.decide(request(ADA, "1", line("GOLD", 2)))).isEqualTo(new TotalTooLarge());
    assertThat(book.decide(request(ADA, "2", line("GOLD", 1), line("B", 1))))
        .isEqualTo(new TotalTooLarge());
    assertThat(book.decide(request(ADA, "3", line("GOLD", 1)))).isInstanceOf(Placed.class);
  }

  /** Against a model that keeps only a number for each article and a body for each key. */
  @Test
  void decide_randomBatches_agreeWithASimpleModel() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Map<String, Long> left = new HashMap<>();
      Map<String, Item> stocked = new HashMap<>();
      for (int i = 0; i < 5; i++) {
        long available = random.nextInt(20);
        left.put("S" + i, available);
        stocked.put("S" + i, new Item(new Money(1 + i, "EUR"), available));
      }
      Map<Request.Key, List<OrderLine>> bodies = new HashMap<>();
      OrderBook book =
          new OrderBook(stocked, Map.of(), () -> new UUID(7, ids.incrementAndGet()), NOW);
      for (int i = 0; i < 50; i++) {
        List<OrderLine> lines = new ArrayList<>();
        for (int j = 0; j <= random.nextInt(3); j++) {
          lines.add(line("S" + random.nextInt(6), 1 + random.nextInt(4)));
        }
        Request request =
            Request.of(random.nextBoolean() ? ADA : BEN, "k" + random.nextInt(30), lines);

        Decision decision = book.decide(request);

        assertThat(decision.getClass())
            .as("seed %d, request %d: %s", seed, i, request)
            .isEqualTo(expected(request, bodies, left));
      }
      stocked.forEach(
          (sku, item) ->
              assertThat(item.available() - book.sold().getOrDefault(sku, 0L))
                  .isEqualTo(left.get(sku))
                  .isNotNegative());
    }
  }

  private static Class<?> expected(
      Request request, Map<Request.Key, List<OrderLine>> bodies, Map<String, Long> left) {
    List<OrderLine> before = bodies.get(request.key());
    if (before != null) {
      return before.equals(request.lines()) ? Replayed.class : KeyReused.class;
    }
    if (request.lines().stream().anyMatch(line -> !left.containsKey(line.sku()))) {
      return UnknownSkus.class;
    }
    Map<String, Long> after = new HashMap<>(left);
    request.lines().forEach(line -> after.merge(line.sku(), (long) -line.quantity(), Long::sum));
    if (after.values().stream().anyMatch(quantity -> quantity < 0)) {
      return Short.class;
    }
    left.putAll(after);
    bodies.put(request.key(), request.lines());
    return Placed.class;
  }

  private Order store(String key, OrderLine... lines) {
    Placed placed = (Placed) book().decide(request(ADA, key, lines));
    earlier.put(
        placed.request().key(), new Earlier(placed.order(), placed.request().fingerprint()));
    return placed.order();
  }

  private OrderBook book() {
    return new OrderBook(items, earlier, () -> new UUID(7, ids.incrementAndGet()), NOW);
  }

  private static Request request(UUID user, String key, OrderLine... lines) {
    return Request.of(user, key, List.of(lines));
  }

  private static OrderLine line(String sku, int quantity) {
    return new OrderLine(sku, quantity);
  }
}
