package dev.starling.imagefeatures;

import dev.starling.sdk.Bounds;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The part {@code image-features.encoder} of a node's configuration: an encoder pair in CLIP's
 * layout. Immutable.
 *
 * @param imageModel takes {@code pixel_values} and gives {@code image_embeds}; empty for no pair
 * @param textModel takes {@code text} and gives {@code text_embeds}; empty likewise
 * @param size of the pictures that the image encoder takes, in pixels
 * @param timeout longest wait for one of them
 */
public record EncoderConfig(String imageModel, String textModel, int size, Duration timeout) {
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,127})?");

  public EncoderConfig {
    checkName("image-model", imageModel);
    checkName("text-model", textModel);
    if (imageModel.isEmpty() != textModel.isEmpty()) {
      throw new IllegalArgumentException(
          "text-model: " + textModel + " (expected: the other half of the pair, or neither)");
    }
    // 3 x 256 x 256 numbers are 768 KiB: more would not fit into a message.
    Bounds.within("size", size, 8, 256);
    Bounds.within("timeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(1));
  }

  public static EncoderConfig none() {
    return new EncoderConfig("", "", 224, Duration.ofSeconds(2));
  }

  /** Whether there is a pair. Not named as a property, which it would be taken for. */
  boolean hasPair() {
    return !imageModel.isEmpty();
  }

  private static void checkName(String key, String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          key + ": " + name + " (expected: up to 128 of letters, digits, '.', '_' and '-')");
    }
  }
}
