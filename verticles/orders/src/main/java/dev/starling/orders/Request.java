package dev.starling.orders;

import java.util.List;
import java.util.UUID;

/** A wish to order, under the key that makes it one wish. Immutable. */
record Request(Key key, UUID fingerprint, List<OrderLine> lines) {
  Request {
    lines = List.copyOf(lines);
  }

  static Request of(UUID userId, String idempotencyKey, List<OrderLine> lines) {
    return new Request(new Key(userId, idempotencyKey), Fingerprint.of(lines), lines);
  }

  /** What an order is stored under, once. */
  record Key(UUID userId, String text) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byUser = userId.compareTo(other.userId);
      return byUser != 0 ? byUser : text.compareTo(other.text);
    }
  }
}
