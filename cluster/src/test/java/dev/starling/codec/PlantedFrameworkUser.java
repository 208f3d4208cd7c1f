package dev.starling.codec;

import io.vertx.core.buffer.Buffer;

/** Breaks the rule that codecs are plain Java. */
public final class PlantedFrameworkUser {
  private PlantedFrameworkUser() {}

  static int size(Buffer buffer) {
    return buffer.length();
  }
}
