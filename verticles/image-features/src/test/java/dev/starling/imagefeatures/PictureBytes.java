package dev.starling.imagefeatures;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Puts things into picture files that encoders would not. */
public final class PictureBytes {
  /** A signature and a header. */
  private static final int PNG_HEAD = 8 + 25;

  private PictureBytes() {}

  /** A chunk behind the header of a PNG. */
  public static byte[] withChunk(byte[] png, String type, byte[] data) {
    return join(
        Arrays.copyOf(png, PNG_HEAD),
        chunk(type, data),
        Arrays.copyOfRange(png, PNG_HEAD, png.length));
  }

  public static byte[] chunk(String type, byte[] data) {
    byte[] typed = join(type.getBytes(StandardCharsets.US_ASCII), data);
    CRC32 checksum = new CRC32();
    checksum.update(typed);
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(typed)
        .putInt((int) checksum.getValue())
        .array();
  }

  /** A whole PNG whose header says so and whose data is deflated. */
  public static byte[] png(int width, int height, int depth, int color, byte[] unpacked) {
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put((byte) color)
            .array();
    return join(
        new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'},
        chunk("IHDR", header),
        chunk("IDAT", deflated(unpacked)),
        chunk("IEND", new byte[0]));
  }

  public static byte[] deflated(byte[] unpacked) {
    Deflater deflater = new Deflater(9);
    deflater.setInput(unpacked);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 * 1024];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** A segment behind the start of a JPEG. */
  public static byte[] withSegment(byte[] jpeg, int marker, byte[] data) {
    return join(
        Arrays.copyOf(jpeg, 2), segment(marker, data), Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  public static byte[] segment(int marker, byte[] data) {
    return ByteBuffer.allocate(4 + data.length)
        .put((byte) 0xFF)
        .put((byte) marker)
        .putShort((short) (2 + data.length))
        .put(data)
        .array();
  }

  /** Camera's notes of a JPEG. */
  public static byte[] withExif(byte[] jpeg, byte[] tiff) {
    return withSegment(jpeg, 0xE1, join("Exif\0\0".getBytes(StandardCharsets.US_ASCII), tiff));
  }

  /** Where the first segment with this marker begins. */
  public static int find(byte[] jpeg, int marker) {
    for (int at = 2; at < jpeg.length; ) {
      if ((jpeg[at + 1] & 0xFF) == marker) {
        return at;
      }
      at += 2 + ((jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF);
    }
    throw new IllegalArgumentException("no such segment");
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Writes the structure that EXIF is, big-endian. */
  public static final class Tiff {
    private static final int ASCII = 2;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int RATIONAL = 5;
    private static final int UNDEFINED = 7;
    private static final int POINTER = 0x8769;

    private record Entry(int tag, int type, int count, byte[] value) {}

    private final List<Entry> picture = new ArrayList<>();
    private final List<Entry> shot = new ArrayList<>();

    public Tiff orientation(int value) {
      picture.add(new Entry(0x0112, SHORT, 1, new byte[] {0, (byte) value, 0, 0}));
      return this;
    }

    public Tiff make(String text) {
      return text(picture, 0x010F, text);
    }

    public Tiff model(String text) {
      return text(picture, 0x0110, text);
    }

    public Tiff software(String text) {
      return text(picture, 0x0131, text);
    }

    public Tiff taken(String time, String fraction, String offset) {
      text(shot, 0x9003, time);
      text(shot, 0x9291, fraction);
      return text(shot, 0x9011, offset);
    }

    public Tiff exposure(int numerator, int denominator) {
      byte[] value = ByteBuffer.allocate(8).putInt(numerator).putInt(denominator).array();
      shot.add(new Entry(0x829A, RATIONAL, 1, value));
      return this;
    }

    public Tiff comment(String text) {
      byte[] value = ("ASCII\0\0\0" + text).getBytes(StandardCharsets.US_ASCII);
      shot.add(new Entry(0x9286, UNDEFINED, value.length, value));
      return this;
    }

    private Tiff text(List<Entry> entries, int tag, String text) {
      byte[] value = (text + "\0").getBytes(StandardCharsets.UTF_8);
      entries.add(new Entry(tag, ASCII, value.length, value));
      return this;
    }

    public byte[] build() {
      int shotAt = 8 + 2 + 12 * (picture.size() + 1) + 4;
      int dataAt = shotAt + 2 + 12 * shot.size() + 4;
      List<Entry> first = new ArrayList<>(picture);
      first.add(new Entry(POINTER, LONG, 1, ByteBuffer.allocate(4).putInt(shotAt).array()));
      ByteBuffer out = ByteBuffer.allocate(64 * 1024);
      out.put(new byte[] {'M', 'M', 0, 42}).putInt(8);
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      directory(first, out, data, dataAt);
      directory(shot, out, data, dataAt);
      out.put(data.toByteArray());
      return Arrays.copyOf(out.array(), out.position());
    }

    private static void directory(
        List<Entry> entries, ByteBuffer out, ByteArrayOutputStream data, int dataAt) {
      out.putShort((short) entries.size());
      for (Entry entry : entries) {
        out.putShort((short) entry.tag).putShort((short) entry.type).putInt(entry.count);
        if (entry.value.length <= 4) {
          out.put(Arrays.copyOf(entry.value, 4));
        } else {
          out.putInt(dataAt + data.size());
          data.writeBytes(entry.value);
        }
      }
      out.putInt(0);
    }
  }
}
