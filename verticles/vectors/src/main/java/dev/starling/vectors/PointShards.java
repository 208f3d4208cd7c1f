package dev.starling.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Rendezvous;
import java.util.UUID;

/** In which shard a point is, for good. Without state. */
final class PointShards {
  /** FNV-1a of 64 bits (public domain, G. Fowler, L. Noll, P. Vo). */
  private static final long FNV_BASIS = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;

  private PointShards() {}

  static int of(UUID collection, String id) {
    long h = FNV_BASIS ^ collection.getMostSignificantBits();
    h = (h ^ collection.getLeastSignificantBits()) * FNV_PRIME;
    for (byte one : id.getBytes(UTF_8)) {
      h = (h ^ (one & 0xFF)) * FNV_PRIME;
    }
    return (int) (Rendezvous.mixed(h) & (Shards.COUNT - 1));
  }
}
