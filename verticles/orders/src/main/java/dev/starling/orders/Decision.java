package dev.starling.orders;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What becomes of a {@link Request}. Immutable. */
sealed interface Decision {

  /** It is a new order, to be stored under its key. */
  record Placed(Order order, Request request) implements Decision {}

  /** It is an order already. */
  record Replayed(Order order) implements Decision {}

  /** The key belongs to an order with another body. */
  record KeyReused(UUID order) implements Decision {}

  /**
   * Nobody sells that.
   *
   * @param lines by their index
   */
  record UnknownSkus(List<Integer> lines) implements Decision {
    public UnknownSkus {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Its lines are priced in more than one currency.
   *
   * @param line the first that differs
   */
  record MixedCurrencies(int line, String expected, String found) implements Decision {}

  /** The total is beyond what can be charged. */
  record TotalTooLarge() implements Decision {}

  /**
   * The shard's slice of the stock is too small.
   *
   * @param wanted of each SKU of which there is too little, in all
   */
  record Short(Map<String, Long> wanted) implements Decision {
    public Short {
      wanted = Map.copyOf(wanted);
    }
  }
}
