package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Evidence.OrderRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A history and its evidence, found by what they are about. Immutable.
 *
 * @param attempts calls that place an order, by key, each list in the order of the calls
 * @param cancels calls that cancel an order, by order
 * @param acknowledged the first call that was told of an order, by order
 * @param rows orders that are stored, by key
 * @param stored likewise, by their id
 */
record HistoryIndex(
    Map<Key, List<Operation>> attempts,
    Map<String, List<Operation>> cancels,
    Map<String, Operation> acknowledged,
    Map<Key, List<OrderRow>> rows,
    Map<String, OrderRow> stored) {

  /** Keys are each user's own. */
  record Key(String user, String key) {
    static Key of(Call.Place place) {
      return new Key(place.user(), place.key());
    }

    static Key of(OrderRow row) {
      return new Key(row.user(), row.key());
    }

    @Override
    public String toString() {
      return "key " + key + " of user " + user;
    }
  }

  static HistoryIndex of(List<Operation> operations, Evidence evidence) {
    Map<Key, List<Operation>> attempts = new LinkedHashMap<>();
    Map<String, List<Operation>> cancels = new LinkedHashMap<>();
    Map<String, Operation> acknowledged = new LinkedHashMap<>();
    for (Operation operation : operations) {
      if (operation.call() instanceof Call.Place place) {
        attempts.computeIfAbsent(Key.of(place), key -> new ArrayList<>()).add(operation);
        if (operation.outcome() instanceof Outcome.Placed placed) {
          acknowledged.merge(placed.order(), operation, HistoryIndex::earlierEnd);
        }
      } else if (operation.call() instanceof Call.Cancel cancel) {
        cancels.computeIfAbsent(cancel.order(), order -> new ArrayList<>()).add(operation);
      }
    }
    Map<Key, List<OrderRow>> rows = new LinkedHashMap<>();
    Map<String, OrderRow> stored = new LinkedHashMap<>();
    for (OrderRow row : evidence.orders()) {
      rows.computeIfAbsent(Key.of(row), key -> new ArrayList<>()).add(row);
      stored.put(row.id(), row);
    }
    return new HistoryIndex(attempts, cancels, acknowledged, rows, stored);
  }

  List<Operation> attempts(Key key) {
    return attempts.getOrDefault(key, List.of());
  }

  List<Operation> cancels(String order) {
    return cancels.getOrDefault(order, List.of());
  }

  List<OrderRow> rows(Key key) {
    return rows.getOrDefault(key, List.of());
  }

  /** Everything that clients did about an order, as far as they or its row say which it is. */
  List<Operation> about(String order) {
    OrderRow row = stored.get(order);
    Operation first = acknowledged.get(order);
    List<Operation> placing =
        row == null ? Stream.ofNullable(first).toList() : attempts(Key.of(row));
    return Stream.concat(placing.stream(), cancels(order).stream()).toList();
  }

  private static Operation earlierEnd(Operation one, Operation other) {
    return one.endedNanos() <= other.endedNanos() ? one : other;
  }
}
