package dev.starling.orders;

import dev.starling.orders.Decision.KeyReused;
import dev.starling.orders.Decision.MixedCurrencies;
import dev.starling.orders.Decision.Placed;
import dev.starling.orders.Decision.Replayed;
import dev.starling.orders.Decision.Short;
import dev.starling.orders.Decision.TotalTooLarge;
import dev.starling.orders.Decision.UnknownSkus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Decides what becomes of requests, one after the other, given what a shard holds. One request that
 * is refused takes nothing from the others.
 *
 * <p>Used once, by one thread; the same input gives the same decisions. What it is given must stay
 * true until its decisions are committed: the rows of the stock are locked.
 */
final class OrderBook {
  private final Map<String, Item> items;
  private final Map<Request.Key, Earlier> earlier;
  private final Supplier<UUID> ids;
  private final Instant now;
  private final TreeMap<String, Long> sold = new TreeMap<>();

  /**
   * What can be bought here.
   *
   * @param available in this shard
   */
  record Item(Money price, long available) {}

  /** An order that is stored under a key. */
  record Earlier(Order order, UUID fingerprint) {}

  /**
   * @param items by SKU; others are unknown
   * @param earlier the orders that are stored under the keys of the requests
   * @param ids of new orders
   * @param now when they are made
   */
  OrderBook(
      Map<String, Item> items, Map<Request.Key, Earlier> earlier, Supplier<UUID> ids, Instant now) {
    this.items = Map.copyOf(items);
    this.earlier = new HashMap<>(earlier);
    this.ids = ids;
    this.now = now;
  }

  /** Decides the next request. */
  Decision decide(Request request) {
    Earlier known = earlier.get(request.key());
    if (known != null) {
      return known.fingerprint().equals(request.fingerprint())
          ? new Replayed(known.order().asPlaced())
          : new KeyReused(known.order().id());
    }
    List<Integer> unknown = new ArrayList<>();
    List<PricedLine> lines = new ArrayList<>();
    for (int i = 0; i < request.lines().size(); i++) {
      OrderLine line = request.lines().get(i);
      Item item = items.get(line.sku());
      if (item == null) {
        unknown.add(i);
      } else {
        lines.add(new PricedLine(line.sku(), line.quantity(), item.price()));
      }
    }
    if (!unknown.isEmpty()) {
      return new UnknownSkus(unknown);
    }
    String currency = lines.get(0).price().currency();
    for (int i = 1; i < lines.size(); i++) {
      String other = lines.get(i).price().currency();
      if (!other.equals(currency)) {
        return new MixedCurrencies(i, currency, other);
      }
    }
    Money total;
    try {
      total = total(lines);
    } catch (ArithmeticException beyond) {
      return new TotalTooLarge();
    }
    return place(request, lines, total);
  }

  /** What the orders that were placed take of the stock, by SKU in order. */
  Map<String, Long> sold() {
    return sold;
  }

  private Decision place(Request request, List<PricedLine> lines, Money total) {
    Map<String, Long> wanted = new TreeMap<>();
    for (OrderLine line : request.lines()) {
      wanted.merge(line.sku(), (long) line.quantity(), Long::sum);
    }
    Map<String, Long> tooMuch = new TreeMap<>(wanted);
    tooMuch.entrySet().removeIf(of -> of.getValue() <= left(of.getKey()));
    if (!tooMuch.isEmpty()) {
      return new Short(tooMuch);
    }
    wanted.forEach((sku, quantity) -> sold.merge(sku, quantity, Long::sum));
    Order order = new Order(ids.get(), request.key().userId(), total, lines, now, null);
    earlier.put(request.key(), new Earlier(order, request.fingerprint()));
    return new Placed(order, request);
  }

  private long left(String sku) {
    Item item = items.get(sku);
    return item == null ? 0 : item.available() - sold.getOrDefault(sku, 0L);
  }

  private static Money total(List<PricedLine> lines) {
    Money total = new Money(0, lines.get(0).price().currency());
    for (PricedLine line : lines) {
      total = total.plus(line.price().times(line.quantity()));
    }
    return total;
  }
}
