package dev.starling.bench.fusion;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/**
 * Files that say that they are pictures. Without state.
 *
 * <p>Source: W3C Portable Network Graphics (Third Edition), 5 and 11; ITU-T T.81, annex B.
 */
final class HostilePictures {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte GRAY = 0;
  private static final byte RGBA = 6;
  private static final int RGBA_BYTES = 4;
  private static final int SIDE = 16;

  private HostilePictures() {}

  /** A picture that is as it should be. */
  static byte[] good() {
    return png(SIDE, SIDE, 8, RGBA, SIDE * (1L + SIDE * RGBA_BYTES), new byte[0]);
  }

  /** A few bytes that declare a size, and have no pixels for it. */
  static byte[] declaring(int width, int height) {
    return png(width, height, 8, RGBA, 1, new byte[0]);
  }

  /** Black, all of it there, at some thousandth of its size. */
  static byte[] black(int width, int height) {
    return png(width, height, 1, GRAY, height * (1L + (width + 7) / 8), new byte[0]);
  }

  /** A good picture whose comment unfolds to so many bytes. */
  static byte[] withComment(int bytes) {
    byte[] keyword = "Comment\0\0".getBytes(US_ASCII);
    return png(
        SIDE,
        SIDE,
        8,
        RGBA,
        SIDE * (1L + SIDE * RGBA_BYTES),
        chunk("zTXt", concat(keyword, deflatedZeros(bytes))));
  }

  /** The first half of a good one. */
  static byte[] cut() {
    byte[] whole = good();
    return Arrays.copyOf(whole, whole.length / 2);
  }

  /** A good one with a byte of its pixels turned. */
  static byte[] damaged() {
    byte[] file = good();
    file[file.length - 20] ^= 0x55;
    return file;
  }

  /** A few bytes of a JPEG that declare a size. */
  static byte[] jpegDeclaring(int width, int height) {
    ByteBuffer file = ByteBuffer.allocate(23);
    file.putShort((short) 0xFFD8).putShort((short) 0xFFC0).putShort((short) 17).put((byte) 8);
    file.putShort((short) height).putShort((short) width).put((byte) 3);
    for (byte component = 1; component <= 3; component++) {
      file.put(component).put((byte) 0x11).put((byte) 0);
    }
    return file.putShort((short) 0xFFD9).array();
  }

  static byte[] gif() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED), "gif", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] svg() {
    return """
    <?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>
    <svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>"""
        .getBytes(US_ASCII);
  }

  private static byte[] png(
      int width, int height, int depth, byte color, long pixelBytes, byte[] between) {
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put(color)
            .put(new byte[3])
            .array();
    return concat(
        SIGNATURE,
        chunk("IHDR", header),
        between,
        chunk("IDAT", deflatedZeros(pixelBytes)),
        chunk("IEND", new byte[0]));
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] typed = concat(type.getBytes(US_ASCII), data);
    CRC32 checksum = new CRC32();
    checksum.update(typed);
    return ByteBuffer.allocate(typed.length + 8)
        .putInt(data.length)
        .put(typed)
        .putInt((int) checksum.getValue())
        .array();
  }

  private static byte[] deflatedZeros(long count) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] zeros = new byte[64 * 1024];
    byte[] packed = new byte[64 * 1024];
    long left = count;
    while (!deflater.finished()) {
      if (deflater.needsInput()) {
        if (left == 0) {
          deflater.finish();
        } else {
          int now = (int) Math.min(left, zeros.length);
          deflater.setInput(zeros, 0, now);
          left -= now;
        }
      }
      out.write(packed, 0, deflater.deflate(packed));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
