package dev.starling.bus;

/**
 * What the ends of an open stream send each other. Immutable.
 *
 * <p>Each frame says where it comes from, so that an end which its peer does not know, or no longer
 * knows, can be told; and how many items were sent before it, so that a lost one is noticed by the
 * next frame of any kind.
 */
sealed interface StreamFrame extends Frame {

  StreamEnd from();

  StreamEnd to();

  /**
   * An item.
   *
   * @param number counted from 1
   */
  record Data(StreamEnd from, StreamEnd to, long number, Object payload) implements StreamFrame {}

  /**
   * What the receiver of this frame may send. Sent again and again it is the keep-alive.
   *
   * @param sent how many items the sender of this frame has sent
   */
  record Grant(StreamEnd from, StreamEnd to, long sent, Credit credit) implements StreamFrame {}

  /** There are no more items from this end. */
  record End(StreamEnd from, StreamEnd to, long sent) implements StreamFrame {}

  /** The stream is over in both directions, whatever is still on its way. */
  record Reset(StreamEnd from, StreamEnd to, BusException reason) implements StreamFrame {}
}
