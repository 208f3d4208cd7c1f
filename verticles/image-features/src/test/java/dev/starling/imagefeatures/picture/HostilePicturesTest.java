package dev.starling.imagefeatures.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.starling.contract.features.ImageFeatures.ExifRecord;
import dev.starling.contract.features.ImageFeatures.Reason;
import dev.starling.imagefeatures.Drawings;
import dev.starling.imagefeatures.PictureBytes;
import dev.starling.imagefeatures.PictureBytes.Tiff;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that mean harm, or are broken: refused, saying why, at a bounded cost. */
@Timeout(60)
class HostilePicturesTest {
  private static final PictureLimits LIMITS = new PictureLimits(1_000_000, 4 << 20);
  private static final byte[] JPEG = Drawings.jpeg(Drawings.photo(64, 48, 1));
  private static final byte[] PROGRESSIVE = Drawings.jpeg(Drawings.photo(64, 48, 1), true);
  private static final byte[] PNG = Drawings.png(Drawings.photo(64, 48, 1));

  static Stream<byte[]> pictures() {
    return Stream.of(JPEG, PROGRESSIVE, PNG);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "GIF89a....", "BM......", "RIFF....WEBP", "<svg/>", "%PDF-1.7"})
  void read_anotherType_isUnsupported(String file) {
    assertRefused(
        file.getBytes(StandardCharsets.US_ASCII),
        Reason.UNSUPPORTED,
        "type: unknown (expected: JPEG or PNG)");
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void read_cutOffAnywhere_isRefused(byte[] file) {
    for (int length = 0; length < file.length; length += length < 700 ? 1 : 37) {
      byte[] part = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> read(part))
          .as("the first %d bytes of %d", length, file.length)
          .isInstanceOf(RefusedPicture.class);
    }
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void read_damagedAnywhere_isReadOrRefused(byte[] file) {
    Random random = new Random(7);
    int refused = 0;
    int rounds = 1500;
    for (int i = 0; i < rounds; i++) {
      byte[] damaged = file.clone();
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        read(damaged);
      } catch (RefusedPicture expected) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1, rounds);
  }

  @Test
  void read_endMarkerInTheMiddle_isDamaged() {
    byte[] half = Arrays.copyOf(JPEG, JPEG.length / 2);
    half[half.length - 2] = (byte) 0xFF;
    half[half.length - 1] = (byte) 0xD9;

    assertRefused(half, Reason.DAMAGED, "JPEG: damaged data");
  }

  @Test
  void read_fewerPixelsThanDeclared_isDamaged() {
    assertRefused(
        PictureBytes.png(100, 100, 8, 0, new byte[101]), Reason.DAMAGED, "PNG: cannot be decoded");
  }

  @Test
  void read_smallFileOfAHugePicture_isRefusedBeforeItUnfolds() {
    long before = allocated();

    assertRefused(
        PictureBytes.png(50_000, 50_000, 8, 6, new byte[0]),
        Reason.UNFOLDS_TOO_FAR,
        "pixels: 2500000000 (expected: <= 1000000)");
    assertRefused(
        PictureBytes.png(100_000, 1, 8, 6, new byte[0]),
        Reason.UNFOLDS_TOO_FAR,
        "size: 100000 x 1 (expected: sides of <= 65535)");
    assertRefused(
        PictureBytes.png(-1, -1, 8, 6, new byte[0]),
        Reason.UNFOLDS_TOO_FAR,
        "size: 4294967295 x 4294967295 (expected: sides of <= 65535)");
    assertRefused(
        sized(JPEG, 65_535, 65_535),
        Reason.UNFOLDS_TOO_FAR,
        "pixels: 4294836225 (expected: <= 1000000)");

    assertThat(allocated() - before).isLessThan(4 << 20);
  }

  @Test
  void read_pictureOfNoSize_isDamaged() {
    assertRefused(
        PictureBytes.png(0, 5, 8, 6, new byte[0]),
        Reason.DAMAGED,
        "size: 0 x 5 (expected: 1 x 1 or more)");
    assertRefused(sized(JPEG, 64, 0), Reason.DAMAGED, "size: 64 x 0 (expected: 1 x 1 or more)");
  }

  @Test
  void read_bombsInTextsAndProfiles_areNotUnfolded() throws RefusedPicture {
    byte[] bomb = PictureBytes.deflated(new byte[100 << 20]);
    assertThat(bomb.length).isLessThan(200_000);
    byte[] text = PictureBytes.join("Comment\0\0".getBytes(StandardCharsets.US_ASCII), bomb);
    byte[] international =
        PictureBytes.join("Comment\0\1\0\0\0".getBytes(StandardCharsets.US_ASCII), bomb);
    byte[] file = PNG;
    for (int i = 0; i < 10; i++) {
      file = PictureBytes.withChunk(file, "zTXt", text);
      file = PictureBytes.withChunk(file, "iTXt", international);
    }
    file = PictureBytes.withChunk(file, "iCCP", text);
    long before = allocated();

    assertThat(read(file).width()).isEqualTo(64);

    // The file, what is kept of it, and the pixels.
    assertThat(allocated() - before).isLessThan(2L * file.length + (2 << 20));
  }

  @Test
  void read_profileOfAJpegThatIsNone_isNotLookedAt() throws RefusedPicture {
    byte[] profile =
        PictureBytes.join(
            "ICC_PROFILE\0\1\1".getBytes(StandardCharsets.US_ASCII), new byte[60_000]);

    assertThat(read(PictureBytes.withSegment(JPEG, 0xE2, profile)).width()).isEqualTo(64);
  }

  @Test
  void read_jpegOfCountlessScans_isRefused() {
    int scan = PictureBytes.find(PROGRESSIVE, 0xDA);
    byte[] scans = Arrays.copyOfRange(PROGRESSIVE, scan, PROGRESSIVE.length - 2);
    byte[] file = PROGRESSIVE;
    for (int i = 0; i < 20; i++) {
      file = PictureBytes.join(Arrays.copyOf(file, file.length - 2), scans, new byte[] {-1, -39});
    }

    assertRefused(
        file, Reason.UNFOLDS_TOO_FAR, "JPEG: more than 64 scans of 3072 pixels (expected: fewer)");
  }

  @Test
  void read_progressiveJpegThatNeedsMuchMemory_isRefused() {
    PictureLimits little = new PictureLimits(1_000_000, 2000);

    assertThatThrownBy(() -> new PictureReader(little).read(PROGRESSIVE))
        .hasMessage(
            "JPEG: progressive, 9216 bytes of coefficients (expected: <= 4000, or a baseline JPEG)");
  }

  @Test
  void read_codingsThatAreNotRead_areUnsupported() {
    byte[] arithmetic = JPEG.clone();
    arithmetic[PictureBytes.find(JPEG, 0xC0) + 1] = (byte) 0xC9;
    byte[] deep = JPEG.clone();
    deep[PictureBytes.find(JPEG, 0xC0) + 4] = 12;

    assertRefused(
        arithmetic,
        Reason.UNSUPPORTED,
        "JPEG: coding 0xC9 (expected: baseline or progressive, Huffman)");
    assertRefused(deep, Reason.UNSUPPORTED, "JPEG: 12 bits (expected: 8)");
  }

  @Test
  void read_twoSizes_isDamaged() {
    byte[] frame = Arrays.copyOfRange(JPEG, PictureBytes.find(JPEG, 0xC0), JPEG.length);

    assertRefused(
        PictureBytes.join(Arrays.copyOf(JPEG, PictureBytes.find(JPEG, 0xDA)), frame),
        Reason.DAMAGED,
        "JPEG: two frames (expected: one)");
  }

  @Test
  void read_chunkWithAWrongChecksum_isDamaged() {
    byte[] file = PNG.clone();
    file[50]++;

    assertRefused(file, Reason.DAMAGED, "PNG: a damaged chunk IDAT");
  }

  @Test
  void read_notesThatPointToThemselves_endAndSayWhatTheyCan() throws RefusedPicture {
    byte[] exif = new Tiff().make("Make").orientation(6).build();
    // The next directory is this one; so is the one of the shot.
    ByteBuffer loop = ByteBuffer.wrap(exif);
    int entries = loop.getShort(8);
    loop.putInt(8 + 2 + 12 * entries, 8);
    loop.putInt(8 + 2 + 12 * (entries - 1) + 8, 8);

    ReadPicture picture = read(PictureBytes.withExif(JPEG, exif));

    assertThat(picture.exif().make()).isEqualTo("Make");
    assertThat(picture.orientation()).isEqualTo(6);
  }

  @Test
  void read_notesThatUnfold_areNotKept() throws RefusedPicture {
    // 5,000 tags of the kind that is asked for, each of 60,000 bytes: 300 MB when all are read.
    int tags = 5000;
    ByteBuffer exif = ByteBuffer.allocate(8 + 2 + 12 * tags + 4);
    exif.put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) tags);
    for (int i = 0; i < tags; i++) {
      exif.putShort((short) (i % 2 == 0 ? 0x010F : i)).putShort((short) 7);
      exif.putInt(exif.capacity() - 100).putInt(50);
    }
    long before = allocated();

    assertThat(read(PictureBytes.withExif(JPEG, exif.array())).exif()).isEqualTo(ExifRecord.NONE);

    assertThat(allocated() - before).isLessThan(8 << 20);
  }

  @Test
  void read_notesOfNonsense_sayNothing() throws RefusedPicture {
    Random random = new Random(3);
    byte[] real = new Tiff().make("Make").taken("2026:03:01 12:30:45", "1", "+01:00").build();
    for (int i = 0; i < 2000; i++) {
      byte[] exif = real.clone();
      for (int hits = 0; hits < 4; hits++) {
        exif[random.nextInt(exif.length)] = (byte) random.nextInt();
      }
      assertThat(CameraNotes.read(exif)).isNotNull();
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      assertThat(CameraNotes.read(noise).exif()).isEqualTo(ExifRecord.NONE);
    }
  }

  private static ReadPicture read(byte[] file) throws RefusedPicture {
    return new PictureReader(LIMITS).read(file);
  }

  /** With another size in its header. */
  private static byte[] sized(byte[] jpeg, int width, int height) {
    byte[] sized = jpeg.clone();
    int frame = PictureBytes.find(jpeg, 0xC0);
    ByteBuffer.wrap(sized).putShort(frame + 5, (short) height).putShort(frame + 7, (short) width);
    return sized;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static void assertRefused(byte[] file, Reason reason, String message) {
    assertThatThrownBy(() -> read(file))
        .hasMessage(message)
        .isInstanceOfSatisfying(
            RefusedPicture.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }
}
