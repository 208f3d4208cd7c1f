package dev.starling.codec;

/**
 * Writes and reads one message type.
 *
 * <p>Thread-safe and stateless. {@code decode(encode(v))} equals {@code v} for each valid value;
 * for any other bytes {@link #decode} throws {@link MalformedFrameException} and nothing else.
 *
 * @param <T> an immutable type, so that a local hop may pass the object itself
 */
public interface Codec<T> {

  void encode(T value, WireWriter out);

  T decode(WireReader in);

  /** Encodes to a new array of exactly the message's length. */
  default byte[] toBytes(T value) {
    WireWriter out = new WireWriter(128);
    encode(value, out);
    return out.toByteArray();
  }

  /** Decodes a whole array; bytes left over are an error. */
  default T fromBytes(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    T value = decode(in);
    in.expectEnd();
    return value;
  }
}
