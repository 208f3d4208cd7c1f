package dev.starling.fusion.core;

import java.util.List;

/**
 * Words that name a device or a room. Immutable.
 *
 * @param from the first of its words, with the preposition
 * @param to after the last of its words
 * @param preposition before it, e.g. {@code on}; empty when there is none
 * @param kind of device in a word, e.g. {@code tv}; empty for a room alone
 * @param devices that it fits, in the order in which they are registered
 * @param room canonical; empty when none is named
 * @param afterImage whether it stands right after a word for a picture, as in "the one on my phone"
 * @param beforeImage whether it stands right before one, as in "my tablet's photo"
 */
record DeviceMention(
    int from,
    int to,
    String preposition,
    String kind,
    List<Device> devices,
    String room,
    boolean afterImage,
    boolean beforeImage) {
  DeviceMention {
    devices = List.copyOf(devices);
  }

  boolean isRoomOnly() {
    return kind.isEmpty();
  }

  /** Whether it can only say where a picture comes from. */
  boolean isSource() {
    return beforeImage
        || preposition.equals("from")
        || preposition.equals("by")
        || preposition.equals("taken with")
        || preposition.equals("taken on");
  }
}
