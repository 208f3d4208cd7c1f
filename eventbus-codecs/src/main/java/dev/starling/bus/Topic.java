package dev.starling.bus;

import dev.starling.codec.Codec;

/**
 * Names one kind of event that every subscriber in the cluster receives, at most once and without
 * an acknowledgement.
 *
 * @param name the event's name with its version, e.g. {@code users.changed.v1}
 * @param codec how the event is written
 */
public record Topic<E>(String name, Codec<E> codec) {

  @Override
  public String toString() {
    return name;
  }
}
