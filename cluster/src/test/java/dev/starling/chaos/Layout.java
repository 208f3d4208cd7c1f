package dev.starling.chaos;

import java.util.List;
import java.util.Optional;

/** Where the lab's nodes are put: what differs between one host and several. */
public interface Layout {
  /** The address that a node of the zone binds and advertises. */
  String host(String zone);

  /** What comes before a command to run it there. */
  List<String> launcher(String zone);

  /** Settings that every node needs there, as {@code NAME=value}. */
  List<String> settings(String zone);

  /** Whom nodes ask first, where that is not evident. */
  default Optional<String> seeds(int clusterPort) {
    return Optional.empty();
  }

  /** All on loopback. Zones differ in name only, so nothing between them can be cut. */
  static Layout loopback() {
    return new Layout() {
      @Override
      public String host(String zone) {
        return "127.0.0.1";
      }

      @Override
      public List<String> launcher(String zone) {
        return List.of();
      }

      @Override
      public List<String> settings(String zone) {
        return List.of();
      }
    };
  }
}
