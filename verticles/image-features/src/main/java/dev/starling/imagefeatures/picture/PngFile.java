package dev.starling.imagefeatures.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Walks through a PNG file without inflating anything: checks what it declares, and keeps the
 * chunks that its pixels need. Texts and profiles, which are compressed too, are left behind.
 *
 * <p>Source: W3C Portable Network Graphics (Third Edition), 5 (datastream structure), 11 (chunks).
 */
final class PngFile {
  private static final int SIGNATURE = 8;

  /** A length, a type and a checksum. */
  private static final int FRAME = 12;

  private static final int HEADER = 13;
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int INDEXED = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGBA = 6;

  /** As long as JPEG's may be. */
  private static final int MAX_EXIF = 65_533;

  private final byte[] file;
  private final PictureLimits limits;
  private final ByteArrayOutputStream kept;
  private byte[] exif = new byte[0];
  private int width;
  private int height;
  private int depth;
  private int color = -1;
  private boolean palette;
  private boolean transparent;
  private boolean data;

  private PngFile(byte[] file, PictureLimits limits) {
    this.file = file;
    this.limits = limits;
    this.kept = new ByteArrayOutputStream(file.length);
  }

  static BarePicture read(byte[] file, PictureLimits limits) throws RefusedPicture {
    return new PngFile(file, limits).read();
  }

  private BarePicture read() throws RefusedPicture {
    kept.write(file, 0, SIGNATURE);
    int position = SIGNATURE;
    boolean ended = false;
    while (!ended) {
      if (file.length - position < FRAME) {
        throw endsEarly();
      }
      int length = integer(position);
      if (length < 0 || length > file.length - position - FRAME) {
        throw endsEarly();
      }
      String type = new String(file, position + 4, 4, StandardCharsets.ISO_8859_1);
      if (color < 0 && !type.equals("IHDR")) {
        throw RefusedPicture.damaged("PNG: begins without a header");
      }
      ended = chunk(type, position, length);
      position += FRAME + length;
    }
    if (!data || color == INDEXED && !palette) {
      throw RefusedPicture.damaged("PNG: ends without pixels");
    }
    return new BarePicture(
        PictureType.PNG,
        width,
        height,
        bytesPerPixel(),
        color == GRAY_ALPHA || color == RGBA || transparent,
        kept.toByteArray(),
        exif);
  }

  /** Returns true for the last one. */
  private boolean chunk(String type, int position, int length) throws RefusedPicture {
    int from = position + 8;
    switch (type) {
      case "IHDR" -> {
        header(from, length);
        keep(type, position, length);
      }
      case "PLTE" -> {
        check(!palette && !data && length >= 3 && length <= 768 && length % 3 == 0, type);
        palette = true;
        keep(type, position, length);
      }
      case "tRNS" -> {
        check(!transparent && !data && transparency(length), type);
        transparent = true;
        keep(type, position, length);
      }
      case "IDAT" -> {
        data = true;
        keep(type, position, length);
      }
      case "IEND" -> {
        keep(type, position, length);
        return true;
      }
      case "eXIf" -> {
        if (exif.length == 0 && length <= MAX_EXIF) {
          exif = Arrays.copyOfRange(file, from, from + length);
        }
      }
      default -> {
        // A small first letter: whoever does not know it may go on without it.
        if (type.charAt(0) < 'a' || type.charAt(0) > 'z') {
          throw RefusedPicture.damaged("PNG: an unknown chunk that is critical");
        }
      }
    }
    return false;
  }

  private void header(int from, int length) throws RefusedPicture {
    check(color < 0 && length == HEADER, "IHDR");
    limits.checkSize(integer(from) & 0xFFFF_FFFFL, integer(from + 4) & 0xFFFF_FFFFL);
    width = integer(from);
    height = integer(from + 4);
    depth = file[from + 8];
    color = file[from + 9];
    boolean known =
        switch (color) {
          case GRAY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case INDEXED -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case RGB, GRAY_ALPHA, RGBA -> depth == 8 || depth == 16;
          default -> false;
        };
    check(known && file[from + 10] == 0 && file[from + 11] == 0, "IHDR");
    check(file[from + 12] == 0 || file[from + 12] == 1, "IHDR");
  }

  private boolean transparency(int length) {
    return switch (color) {
      case GRAY -> length == 2;
      case RGB -> length == 6;
      case INDEXED -> palette && length >= 1 && length <= 256;
      default -> false;
    };
  }

  /** What is not eight bits deep, or indexed, is kept a second time, as whole numbers. */
  private int bytesPerPixel() {
    int channels =
        switch (color) {
          case GRAY, INDEXED -> 1;
          case GRAY_ALPHA -> 2;
          case RGB -> 3;
          default -> 4;
        };
    channels += transparent && color != INDEXED ? 1 : 0;
    boolean twice = depth != 8 || color == INDEXED;
    return channels * (depth == 16 ? 2 : 1) + (twice ? Integer.BYTES : 0);
  }

  private void keep(String type, int position, int length) throws RefusedPicture {
    CRC32 checksum = new CRC32();
    checksum.update(file, position + 4, 4 + length);
    check((int) checksum.getValue() == integer(position + 8 + length), type);
    kept.write(file, position, FRAME + length);
  }

  private static void check(boolean good, String type) throws RefusedPicture {
    if (!good) {
      throw RefusedPicture.damaged("PNG: a damaged chunk " + type);
    }
  }

  private int integer(int at) {
    return file[at] << 24
        | (file[at + 1] & 0xFF) << 16
        | (file[at + 2] & 0xFF) << 8
        | file[at + 3] & 0xFF;
  }

  private static RefusedPicture endsEarly() {
    return RefusedPicture.damaged("PNG: ends early (expected: an end chunk)");
  }
}
