package dev.starling.bus;

import dev.starling.codec.Codec;

/**
 * Writes and reads the items of a stream, and tells how large one is.
 *
 * <p>Thread-safe and stateless, like every codec.
 *
 * @param <T> an immutable type, so that a local hop may pass the object itself
 */
public interface ItemCodec<T> extends Codec<T> {

  /**
   * About how many bytes the item takes. It is what a stream's window is counted in, on a local hop
   * too, where nothing is encoded; both ends must come to the same number.
   */
  int size(T item);
}
