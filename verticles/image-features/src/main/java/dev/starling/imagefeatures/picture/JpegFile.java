package dev.starling.imagefeatures.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks through a JPEG file without unfolding anything: checks what it declares, and keeps the
 * segments that its pixels need.
 *
 * <p>Source: ITU-T T.81, annex B (markers and segments); JFIF 1.02; Exif 2.32, 4.7.2 (APP1).
 */
final class JpegFile {
  private static final int SOF0 = 0xC0;
  private static final int SOF1 = 0xC1;
  private static final int SOF2 = 0xC2;
  private static final int DHT = 0xC4;
  private static final int JPG = 0xC8;
  private static final int DAC = 0xCC;
  private static final int RST0 = 0xD0;
  private static final int RST7 = 0xD7;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DNL = 0xDC;
  private static final int DRI = 0xDD;
  private static final int DHP = 0xDE;
  private static final int EXP = 0xDF;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int TEM = 0x01;

  private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};
  private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

  /** Version 1.01, square pixels, no preview. */
  private static final byte[] JFIF_SEGMENT = {
    (byte) 0xFF, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  private final byte[] file;
  private final PictureLimits limits;
  private final ByteArrayOutputStream kept;
  private int position = 2;
  private byte[] exif = new byte[0];
  private boolean jfif;
  private boolean adobe;
  private int width;
  private int height;
  private int components;
  private boolean namedRgb;
  private int scans;

  private JpegFile(byte[] file, PictureLimits limits) {
    this.file = file;
    this.limits = limits;
    this.kept = new ByteArrayOutputStream(file.length);
  }

  static BarePicture read(byte[] file, PictureLimits limits) throws RefusedPicture {
    return new JpegFile(file, limits).read();
  }

  private BarePicture read() throws RefusedPicture {
    for (int marker = marker(); marker != EOI; marker = marker()) {
      segment(marker);
    }
    if (scans == 0) {
      throw RefusedPicture.damaged("JPEG: no scan (expected: one or more)");
    }
    ByteArrayOutputStream bare = new ByteArrayOutputStream(kept.size() + 64);
    put(bare, 0xFF, SOI);
    if (isYcc()) {
      bare.writeBytes(JFIF_SEGMENT);
    }
    bare.writeBytes(kept.toByteArray());
    put(bare, 0xFF, EOI);
    return new BarePicture(
        PictureType.JPEG, width, height, components, false, bare.toByteArray(), exif);
  }

  /**
   * Cameras write Exif in place of JFIF. The JDK's decoder takes what has neither, and does not
   * subsample, for RGB; everybody else takes it for YCbCr unless its components are named R, G, B.
   */
  private boolean isYcc() {
    return components == 3 && (jfif || !adobe && !namedRgb);
  }

  /** Fill bytes may stand before a marker. */
  private int marker() throws RefusedPicture {
    if (octet() != 0xFF) {
      throw RefusedPicture.damaged("JPEG: no marker at byte " + (position - 1));
    }
    int marker = octet();
    while (marker == 0xFF) {
      marker = octet();
    }
    return marker;
  }

  private void segment(int marker) throws RefusedPicture {
    if (marker == 0 || marker == SOI || marker == TEM || marker >= RST0 && marker <= RST7) {
      throw RefusedPicture.damaged(
          "JPEG: marker 0x%02X at byte %d (expected: a segment)".formatted(marker, position - 2));
    }
    int start = position;
    int length = octet() << 8 | octet();
    int end = start + length;
    if (length < 2 || end > file.length) {
      throw endsEarly();
    }
    switch (marker) {
      case SOF0, SOF1, SOF2 -> frame(marker, start + 2, end);
      case DHT, DQT, DRI -> keep(marker, start, end);
      case SOS -> scan(start, end);
      case APP0 -> jfif |= has(JFIF, start + 2, end);
      case APP1 -> notes(start + 2, end);
      case APP14 -> transform(start, end);
      case DNL, DHP, EXP, JPG, DAC -> throw coding(marker);
      default -> {
        if (marker > SOF0 && marker < RST0) {
          throw coding(marker);
        }
      }
    }
    if (marker != SOS) {
      position = end;
    }
  }

  private static RefusedPicture coding(int marker) {
    return RefusedPicture.unsupported(
        "JPEG: coding 0x%02X (expected: baseline or progressive, Huffman)".formatted(marker));
  }

  private void frame(int marker, int from, int end) throws RefusedPicture {
    if (components != 0) {
      throw RefusedPicture.damaged("JPEG: two frames (expected: one)");
    }
    if (end - from < 6) {
      throw endsEarly();
    }
    int precision = file[from] & 0xFF;
    height = number(from + 1);
    width = number(from + 3);
    int count = file[from + 5] & 0xFF;
    if (precision != 8) {
      throw RefusedPicture.unsupported("JPEG: " + precision + " bits (expected: 8)");
    }
    if (count != 1 && count != 3) {
      throw RefusedPicture.unsupported("JPEG: " + count + " components (expected: 1 or 3)");
    }
    if (end - from != 6 + 3 * count) {
      throw RefusedPicture.damaged("JPEG: a frame header of the wrong length");
    }
    limits.checkSize(width, height);
    components = count;
    namedRgb =
        count == 3 && file[from + 6] == 'R' && file[from + 9] == 'G' && file[from + 12] == 'B';
    if (marker == SOF2) {
      checkCoefficients(from + 6);
    }
    keep(marker, from - 2, end);
  }

  /** A progressive picture is in memory as coefficients of two bytes until it is complete. */
  private void checkCoefficients(int from) throws RefusedPicture {
    int sampled = 0;
    int most = 1;
    for (int i = 0; i < components; i++) {
      int factors = file[from + 3 * i + 1] & 0xFF;
      int factor = (factors >> 4) * (factors & 0xF);
      sampled += factor;
      most = Math.max(most, factor);
    }
    long bytes = (long) width * height * 2 * sampled / most;
    long bound = 2L * limits.maxDecodedBytes();
    if (bytes > bound) {
      throw RefusedPicture.unfoldsTooFar(
          "JPEG: progressive, "
              + bytes
              + " bytes of coefficients (expected: <= "
              + bound
              + ", or a baseline JPEG)");
    }
  }

  private void notes(int from, int end) {
    if (exif.length == 0 && has(EXIF, from, end)) {
      exif = Arrays.copyOfRange(file, from + EXIF.length, end);
    }
  }

  private void transform(int start, int end) {
    if (!adobe && has(ADOBE, start + 2, end)) {
      adobe = true;
      keep(APP14, start, end);
    }
  }

  /** The header of a scan, and its data up to the next marker that is not part of it. */
  private void scan(int start, int end) throws RefusedPicture {
    if (components == 0) {
      throw RefusedPicture.damaged("JPEG: a scan without a frame");
    }
    scans++;
    long scanned = (long) scans * width * height;
    long most = (long) PictureLimits.MAX_SCANNED_PICTURES * limits.maxPixels();
    if (scans > PictureLimits.MAX_SCANS || scanned > most) {
      throw RefusedPicture.unfoldsTooFar(
          "JPEG: more than "
              + (scans - 1)
              + " scans of "
              + (long) width * height
              + " pixels (expected: fewer)");
    }
    int at = end;
    while (true) {
      if (at + 1 >= file.length) {
        throw endsEarly();
      }
      int next = file[at + 1] & 0xFF;
      if (file[at] == (byte) 0xFF && next != 0 && next != 0xFF && (next < RST0 || next > RST7)) {
        break;
      }
      at++;
    }
    keep(SOS, start, at);
    position = at;
  }

  private void keep(int marker, int from, int end) {
    put(kept, 0xFF, marker);
    kept.write(file, from, end - from);
  }

  private static void put(ByteArrayOutputStream out, int first, int second) {
    out.write(first);
    out.write(second);
  }

  private boolean has(byte[] head, int from, int end) {
    return end - from >= head.length
        && Arrays.equals(file, from, from + head.length, head, 0, head.length);
  }

  private int number(int at) {
    return (file[at] & 0xFF) << 8 | file[at + 1] & 0xFF;
  }

  private int octet() throws RefusedPicture {
    if (position >= file.length) {
      throw endsEarly();
    }
    return file[position++] & 0xFF;
  }

  private static RefusedPicture endsEarly() {
    return RefusedPicture.damaged("JPEG: ends early (expected: an end marker)");
  }
}
