package dev.starling.ratelimiter;

import java.util.random.RandomGenerator;

/**
 * How a node hashes the parts of keys: with secrets of its own, a different one for each kind, so
 * that nobody can choose an id or address that shares another's bucket.
 *
 * <p>Immutable.
 *
 * @param shared has no secret: its hashes are the same on every node, and decide nothing but which
 *     node keeps a bucket, and whether two nodes mean the same rule
 */
record KeyHashes(
    SipHash consumer,
    SipHash tenant,
    SipHash route,
    SipHash address,
    SipHash window,
    SipHash shared,
    long addressMask) {
  /** IPv4 addresses as networks of ::/8, which IPv6 reserves and nobody can send from. */
  private static final long IPV4 = 0xffffL << 32;

  /**
   * @param random its numbers must be unpredictable to clients
   * @param ipv6Prefix 1..64
   */
  static KeyHashes of(RandomGenerator random, int ipv6Prefix) {
    return new KeyHashes(
        SipHash.keyedFrom(random),
        SipHash.keyedFrom(random),
        SipHash.keyedFrom(random),
        SipHash.keyedFrom(random),
        SipHash.keyedFrom(random),
        new SipHash(2, 4, 0, 0),
        -1L << (64 - ipv6Prefix));
  }

  /** The hash of an address as text; what is no address counts as the text that it is. */
  long ofAddress(String text, AddressReader reader) {
    return reader.read(text) ? address.hash(network(reader)) : address.hash(text);
  }

  /** The network of an address, the same text on every node. */
  String networkOf(String text, AddressReader reader) {
    return reader.read(text) ? Long.toHexString(network(reader)) : text;
  }

  private long network(AddressReader reader) {
    return reader.isIpv4() ? IPV4 | (reader.low() & 0xffff_ffffL) : reader.high() & addressMask;
  }
}
