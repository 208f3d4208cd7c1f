package dev.starling.fusion.core;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Features of a text by the place that their name falls into (FNV-1a, whose low bits are mixed well
 * enough for so few places), with their weights. Confined to one thread.
 */
final class FeatureHash {
  private static final int BASIS = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private final int buckets;
  private final Map<Integer, Double> places = new TreeMap<>();

  /**
   * @param buckets how many places there are, a power of 2
   */
  FeatureHash(int buckets) {
    this.buckets = buckets;
  }

  void add(String feature, double weight) {
    places.merge(place(with(BASIS, feature), buckets), weight, Double::sum);
  }

  /** The weights by place; their squares sum to 1. */
  Map<Integer, Double> unit() {
    double squares = 0;
    for (double weight : places.values()) {
      squares += weight * weight;
    }
    double length = Math.sqrt(squares);
    Map<Integer, Double> unit = new TreeMap<>(places);
    unit.replaceAll((place, weight) -> length == 0 ? 0.0 : weight / length);
    return unit;
  }

  /** The place of a feature that has several parts. */
  static int place(int buckets, String... parts) {
    int hash = BASIS;
    for (String part : parts) {
      hash = (with(hash, part) ^ 0x1f) * PRIME;
    }
    return place(hash, buckets);
  }

  private static int with(int before, String text) {
    int hash = before;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }

  private static int place(int hash, int buckets) {
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  }
}
