package dev.starling.fusion.core;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an event says. Immutable, but for vectors, which nobody may write to. */
public sealed interface Content {

  /**
   * Something that was said or typed.
   *
   * @param spoken whether it was recognised from speech, and may have been misheard
   * @param transcript the most likely text
   * @param confidence of the recogniser, 0..1; 1 for what was typed
   * @param alternatives further readings, the most likely first
   * @param language a BCP 47 tag; empty when it is not known
   */
  record Utterance(
      boolean spoken,
      String transcript,
      double confidence,
      List<Alternative> alternatives,
      String language)
      implements Content {
    public Utterance {
      alternatives = List.copyOf(alternatives);
    }
  }

  /**
   * Another reading of what was said.
   *
   * @param confidence 0..1
   */
  record Alternative(String transcript, double confidence) {}

  /**
   * A picture that was taken, received or shown.
   *
   * @param imageId names it for devices
   * @param url where its bytes are; empty when they came with the event
   * @param caption empty for none
   * @param labels what is on it, as the device or its gallery says
   * @param exif what its device wrote about it
   * @param descriptors what its pixels say; null when nobody has looked at them
   * @param vector of an image encoder, of length 1; null when there is none
   */
  // As for tensors: nobody compares them by identity.
  @SuppressWarnings("ArrayRecordComponent")
  record Image(
      String imageId,
      String url,
      String caption,
      List<String> labels,
      Exif exif,
      @Nullable Descriptors descriptors,
      float @Nullable [] vector)
      implements Content {
    public Image {
      labels = List.copyOf(labels);
    }
  }

  /**
   * What a camera notes.
   *
   * @param takenAt when it was taken, by the device's clock; null when it does not say
   * @param make of the camera; empty when it does not say
   * @param model of the camera, or the name of a program that draws
   */
  record Exif(@Nullable Instant takenAt, String make, String model) {
    public static final Exif NONE = new Exif(null, "", "");
  }

  /**
   * What pixels say without a model.
   *
   * @param width in pixels, upright
   * @param height in pixels, upright
   * @param colors by name, with their share of the pixels (0..1), the largest first
   * @param brightness mean lightness, 0 (black) .. 1 (white)
   * @param sharpness 0 (blurred) .. 1 (crisp)
   * @param screenshot whether it was drawn by a screen rather than taken by a lens
   */
  record Descriptors(
      int width,
      int height,
      List<Color> colors,
      double brightness,
      double sharpness,
      boolean screenshot) {
    public Descriptors {
      colors = List.copyOf(colors);
    }
  }

  /**
   * A colour of a picture.
   *
   * @param name a basic colour term of English: black, white, gray, red, orange, yellow, green,
   *     cyan, blue, purple, pink, brown
   * @param rgb its mean, 0xRRGGBB
   * @param share of the pixels, 0..1
   */
  record Color(String name, int rgb, double share) {}

  /**
   * Something that was done.
   *
   * @param action e.g. {@code app_opened}, {@code device_touched}, {@code entered_room}, {@code
   *     image_viewed}
   * @param attributes e.g. {@code app}, {@code room}, {@code image_id}
   */
  record Behaviour(String action, SortedMap<String, String> attributes) implements Content {
    public Behaviour {
      attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    public Behaviour(String action, Map<String, String> attributes) {
      this(action, new TreeMap<>(attributes));
    }
  }
}
