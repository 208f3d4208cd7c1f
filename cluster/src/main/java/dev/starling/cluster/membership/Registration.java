package dev.starling.cluster.membership;

/**
 * One event-bus consumer that a node shares with the cluster.
 *
 * <p>Immutable. Shape: address 0..{@value #MAX_ADDRESS_BYTES} bytes of UTF-8; {@code seq} tells
 * apart the consumers that one node has on one address. Ordered by address, then by {@code seq}.
 */
record Registration(String address, long seq) implements Comparable<Registration> {
  /** The longest address, in bytes of UTF-8: its length travels as an unsigned 16-bit number. */
  static final int MAX_ADDRESS_BYTES = 0xFFFF;

  @Override
  public int compareTo(Registration other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Long.compare(seq, other.seq);
  }
}
