package dev.starling.contract.features;

import dev.starling.codec.Codec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a picture is compared by, or why there is nothing. */
public sealed interface ImageFeatures {
  Codec<ImageFeatures> CODEC = new ImageFeaturesCodec();

  /**
   * What pixels and headers say. The descriptors are a function of the bytes.
   *
   * @param width in pixels, upright
   * @param height in pixels, upright
   * @param colors by name, at most one of each, the largest share first
   * @param brightness mean lightness, 0 (black) .. 1 (white)
   * @param sharpness 0 (blurred) .. 1 (crisp)
   * @param screenshot whether it was drawn by a screen rather than taken by a lens
   * @param orientation how it was stored, as EXIF counts: 1 is upright, 2 to 8 were turned
   * @param exif what its device wrote about it
   * @param encoder the model that is asked for vectors; empty when none is configured
   * @param vector of length 1; empty when there is no encoder, or it could not be asked now. Not
   *     copied: nobody may write to it
   */
  // As for tensors: nobody compares them by identity.
  @SuppressWarnings("ArrayRecordComponent")
  record Described(
      int width,
      int height,
      List<ColorShare> colors,
      double brightness,
      double sharpness,
      boolean screenshot,
      int orientation,
      ExifRecord exif,
      String encoder,
      float[] vector)
      implements ImageFeatures {
    public Described {
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
  record ColorShare(String name, int rgb, double share) {}

  /**
   * What a camera notes. Texts are empty when it does not.
   *
   * @param takenAtMillis when it was taken, since 1970; null when it does not say
   * @param offsetKnown whether it says in which zone that was; otherwise the millis are those of
   *     the same wall time in UTC
   * @param make of the camera
   * @param model of the camera
   * @param software that wrote the picture
   * @param exposed whether there is an exposure time, an aperture or a focal length: a lens was in
   *     use
   */
  record ExifRecord(
      @Nullable Long takenAtMillis,
      boolean offsetKnown,
      String make,
      String model,
      String software,
      boolean exposed) {
    public static final ExifRecord NONE = new ExifRecord(null, false, "", "", "", false);
  }

  /**
   * The picture is not described, and never will be.
   *
   * @param detail names what was expected
   */
  record ImageRefused(Reason reason, String detail)
      implements ImageFeatures, ImageFeaturesContract.Admission {}

  /** Why a picture is not described; new ones are added at the end. */
  enum Reason {
    /** It is of a type that is not read, or no picture. */
    UNSUPPORTED,
    /** It cannot be read to its end. */
    DAMAGED,
    /** It has too many bytes. */
    TOO_LARGE,
    /** It, or what is in it, unfolds into too much. */
    UNFOLDS_TOO_FAR
  }
}
