package dev.starling.cluster.membership;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;

/**
 * The node id and the zone that a member's JGroups address carries, so that a view alone says who
 * is in it.
 *
 * <p>Immutable.
 */
record MemberAddress(String nodeId, String zone) {
  /** One letter each: the address travels with every JGroups message. */
  private static final String NODE_KEY = "n";

  private static final String ZONE_KEY = "z";

  static {
    // What JGroups logs and calls its threads: the node id says it all.
    ExtendedUUID.setPrintFunction(
        uuid -> of(uuid).map(MemberAddress::nodeId).orElseGet(uuid::toStringLong));
  }

  /** A fresh address, never equal to another one. */
  Address toAddress() {
    return ExtendedUUID.randomUUID(nodeId)
        .put(NODE_KEY, nodeId.getBytes(StandardCharsets.US_ASCII))
        .put(ZONE_KEY, zone.getBytes(StandardCharsets.US_ASCII));
  }

  /** What an address carries; empty if it is not a Starling node's. */
  static Optional<MemberAddress> of(Address address) {
    if (address instanceof ExtendedUUID uuid) {
      byte[] nodeId = uuid.get(NODE_KEY);
      byte[] zone = uuid.get(ZONE_KEY);
      if (nodeId != null && zone != null) {
        return Optional.of(
            new MemberAddress(
                new String(nodeId, StandardCharsets.US_ASCII),
                new String(zone, StandardCharsets.US_ASCII)));
      }
    }
    return Optional.empty();
  }
}
