package dev.starling.imagefeatures.clip;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.imagefeatures.picture.Picture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Makes the image encoder's input of a picture: the short side resized to the encoder's size, the
 * middle cut out, channels scaled to 0..1 and normalised, planes of red, green and blue.
 *
 * <p>Source: Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision" (2021), as {@code CLIPImageProcessor} of Hugging Face Transformers computes it, with
 * {@code OPENAI_CLIP_MEAN} and {@code OPENAI_CLIP_STD}: the numbers are the same to the bit, with
 * Pillow up to 12.3, which resizes rows first. (13.0 begins with columns when that is cheaper.)
 * Transparency is dropped, as its conversion to RGB does. (OpenAI's own code rounds the crop's
 * corner to the nearest even number where this one rounds down: a pixel, for some sizes.)
 *
 * <p>Immutable; it computes for some tens of milliseconds a megapixel.
 */
public final class ClipInput {
  /** The input of the image encoder, FP32 [1, 3, size, size]. */
  static final String NAME = "pixel_values";

  private static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
  private static final float[] STD = {0.26862954f, 0.26130258f, 0.27577711f};
  private static final int CHANNELS = 3;

  private final int size;

  /**
   * @param size of the encoder's pictures, e.g. 224
   */
  public ClipInput(int size) {
    this.size = size;
  }

  public Tensor of(Picture picture) {
    int width = picture.width();
    int height = picture.height();
    int longer = (int) ((long) size * Math.max(width, height) / Math.min(width, height));
    int resizedWidth = width <= height ? size : longer;
    int resizedHeight = width <= height ? longer : size;
    // What is cut off is not made at all: a strip would be resized to a very long one.
    Bicubic columns = new Bicubic(width, resizedWidth, (resizedWidth - size) / 2, size);
    Bicubic rows = new Bicubic(height, resizedHeight, (resizedHeight - size) / 2, size);
    return tensor(resizeRows(picture, columns, rows.first(), rows.end()), rows);
  }

  /** Rows {@code first} to {@code end} in their new width: red, green, blue, and so on. */
  private byte[] resizeRows(Picture picture, Bicubic columns, int first, int end) {
    int stride = CHANNELS * size;
    byte[] wide = new byte[stride * (end - first)];
    int[] row = new int[picture.width()];
    byte[] line = new byte[CHANNELS * row.length];
    for (int y = first; y < end; y++) {
      picture.row(y, row);
      for (int x = columns.first(); x < columns.end(); x++) {
        line[CHANNELS * x] = (byte) (row[x] >> 16);
        line[CHANNELS * x + 1] = (byte) (row[x] >> 8);
        line[CHANNELS * x + 2] = (byte) row[x];
      }
      int at = (y - first) * stride;
      for (int x = 0; x < size; x++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          wide[at++] = (byte) columns.pixel(line, channel, CHANNELS, x);
        }
      }
    }
    return wide;
  }

  private Tensor tensor(byte[] wide, Bicubic rows) {
    int stride = CHANNELS * size;
    ByteBuffer data =
        ByteBuffer.allocate(stride * size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
          int start = CHANNELS * x + channel - rows.first() * stride;
          data.putFloat(normalized(rows.pixel(wide, start, stride, y), channel));
        }
      }
    }
    return new Tensor(
        NAME, DataType.FP32, List.of(1L, (long) CHANNELS, (long) size, (long) size), data.array());
  }

  /** Scaled in double precision and rounded, then normalised in single, as NumPy does it there. */
  private static float normalized(int value, int channel) {
    return ((float) (value * (1 / 255.0)) - MEAN[channel]) / STD[channel];
  }
}
