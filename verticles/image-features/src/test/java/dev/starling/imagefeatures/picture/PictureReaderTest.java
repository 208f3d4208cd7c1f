package dev.starling.imagefeatures.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.features.ImageFeatures.ExifRecord;
import dev.starling.imagefeatures.Drawings;
import dev.starling.imagefeatures.PictureBytes;
import dev.starling.imagefeatures.PictureBytes.Tiff;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReaderTest {
  private static final PictureLimits LIMITS = new PictureLimits(1_000_000, 4 << 20);

  /** Two rows of three pixels: A B C, D E F. */
  private static final BufferedImage LETTERS =
      Drawings.draw(3, 2, (x, y) -> letter((char) ('A' + 3 * y + x)));

  @ParameterizedTest
  @CsvSource({
    "1, ABC DEF",
    "2, CBA FED",
    "3, FED CBA",
    "4, DEF ABC",
    "5, AD BE CF",
    "6, DA EB FC",
    "7, FC EB DA",
    "8, CF BE AD"
  })
  void read_turnedPicture_standsUpright(int orientation, String rows) throws RefusedPicture {
    byte[] exif = new Tiff().orientation(orientation).build();

    ReadPicture picture = read(PictureBytes.withChunk(Drawings.png(LETTERS), "eXIf", exif));

    assertThat(letters(picture.pixels())).isEqualTo(rows);
    assertThat(picture.orientation()).isEqualTo(orientation);
    assertThat(picture.width()).isEqualTo(rows.indexOf(' '));
    assertThat(picture.height()).isEqualTo(rows.split(" ").length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 200})
  void read_orientationThatMeansNothing_isUpright(int orientation) throws RefusedPicture {
    byte[] exif = new Tiff().orientation(orientation).build();

    ReadPicture picture = read(PictureBytes.withChunk(Drawings.png(LETTERS), "eXIf", exif));

    assertThat(picture.orientation()).isEqualTo(1);
    assertThat(letters(picture.pixels())).isEqualTo("ABC DEF");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_INDEXED
      })
  void read_pngOfAnyKind_hasItsColours(int kind) throws RefusedPicture {
    BufferedImage image = new BufferedImage(40, 30, kind);
    // Corners of the colour cube: an indexed picture has them too.
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < 40; x++) {
        image.setRGB(x, y, cube(x, y) | 0xFF000000);
      }
    }

    Picture pixels = read(Drawings.png(image)).pixels();

    int[] row = new int[40];
    for (int y = 0; y < 30; y++) {
      pixels.row(y, row);
      for (int x = 0; x < 40; x++) {
        assertThat(row[x]).as("%d, %d", x, y).isEqualTo(cube(x, y) | 0xFF000000);
      }
    }
  }

  @Test
  void read_deepAndGrayPng_keepsTheUpperBitsAsTheyAre() throws RefusedPicture {
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setPixels(0, 0, 2, 1, new int[] {0x1234, 0xFEDC});
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setPixels(0, 0, 2, 1, new int[] {0x12, 0xFE});

    for (BufferedImage image : new BufferedImage[] {deep, gray}) {
      int[] row = new int[2];
      read(Drawings.png(image)).pixels().row(0, row);
      assertThat(row).containsExactly(0xFF121212, 0xFFFEFEFE);
    }
  }

  @Test
  void read_smallPaletteOfFewBits_hasItsColours() throws RefusedPicture {
    // Two bits a pixel, four grays: 0, 1, 2, 3, and a byte before each row that says it is plain.
    byte[] png = PictureBytes.png(4, 1, 2, 0, new byte[] {0, 0b00011011});

    int[] row = new int[4];
    read(png).pixels().row(0, row);

    assertThat(row).containsExactly(0xFF000000, 0xFF555555, 0xFFAAAAAA, 0xFFFFFFFF);
  }

  @Test
  void read_jpeg_hasAboutItsColours() throws RefusedPicture {
    for (boolean progressive : new boolean[] {false, true}) {
      Picture pixels = read(Drawings.jpeg(Drawings.plain(40, 30, 0xC81E28), progressive)).pixels();
      assertNear(pixels, 0xC81E28);
    }
  }

  @Test
  void read_cameraJpegWithoutJfif_isNotTakenForRgb() throws RefusedPicture {
    // 16 x 16 of 0xC81E28, quality 85, not subsampled, without its JFIF segment; made with Pillow.
    byte[] file =
        Base64.getDecoder()
            .decode(
                "/9j/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8LCwkMEQ8SEhEPERETFhwXExQaFRERGCEYGh0d"
                    + "Hx8fExciJCIeJBweHx7/2wBDAQUFBQcGBw4ICA4eFBEUHh4eHh4eHh4eHh4eHh4eHh4eHh4e"
                    + "Hh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh7/wAARCAAQABADAREAAhEBAxEB/8QAHwAA"
                    + "AQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQR"
                    + "BRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RF"
                    + "RkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ip"
                    + "qrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEA"
                    + "AwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEE"
                    + "BSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNE"
                    + "RUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaan"
                    + "qKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMB"
                    + "AAIRAxEAPwDzWvmT+hgoAKACgD//2Q==");

    assertNear(read(file).pixels(), 0xC81E28);
  }

  @Test
  void read_largerThanMemoryAllows_leavesRowsAndColumnsOut() throws RefusedPicture {
    PictureLimits little = new PictureLimits(1_000_000, 50_000);

    ReadPicture picture =
        new PictureReader(little).read(Drawings.jpeg(Drawings.photo(400, 301, 1)));

    assertThat(picture.width()).isEqualTo(400);
    assertThat(picture.height()).isEqualTo(301);
    assertThat(picture.pixels().width()).isEqualTo(134);
    assertThat(picture.pixels().height()).isEqualTo(101);
  }

  @Test
  void read_bytesBehindTheEnd_areNotLookedAt() throws RefusedPicture {
    byte[] jpeg = Drawings.jpeg(LETTERS);

    assertThat(read(PictureBytes.join(jpeg, jpeg, new byte[1000])).width()).isEqualTo(3);
    byte[] png = Drawings.png(LETTERS);
    assertThat(read(PictureBytes.join(png, new byte[1000])).width()).isEqualTo(3);
  }

  @Test
  void read_notesOfACamera_areTold() throws RefusedPicture {
    byte[] exif =
        new Tiff()
            .make("Ma\u0007ke ")
            .model("Model 7")
            .software("1.0")
            .taken("2026:03:01 12:30:45", "250", "+02:00")
            .exposure(1, 250)
            .build();

    ReadPicture picture = read(PictureBytes.withExif(Drawings.jpeg(LETTERS), exif));

    assertThat(picture.exif())
        .isEqualTo(
            new ExifRecord(
                Instant.parse("2026-03-01T10:30:45.250Z").toEpochMilli(),
                true,
                "Make",
                "Model 7",
                "1.0",
                true));
    assertThat(picture.saysScreenshot()).isFalse();
  }

  @Test
  void read_timeWithoutAZone_saysSo() throws RefusedPicture {
    byte[] exif = new Tiff().taken("2026:03:01 12:30:45", "", "").build();

    ExifRecord read = read(PictureBytes.withExif(Drawings.jpeg(LETTERS), exif)).exif();

    assertThat(read.takenAtMillis())
        .isEqualTo(Instant.parse("2026-03-01T12:30:45Z").toEpochMilli());
    assertThat(read.offsetKnown()).isFalse();
    assertThat(read.exposed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000:00:00 00:00:00", "    :  :     :  :  ", "2026:02:30 00:00:00", "x"})
  void read_timeThatMakesNoSense_isNone(String time) throws RefusedPicture {
    byte[] exif = new Tiff().taken(time, "9", "+99:99").build();

    assertThat(read(PictureBytes.withExif(Drawings.jpeg(LETTERS), exif)).exif())
        .isEqualTo(ExifRecord.NONE);
  }

  @Test
  void read_commentOfAScreenshot_isSeen() throws RefusedPicture {
    byte[] exif = new Tiff().comment("Screenshot").build();

    assertThat(read(PictureBytes.withChunk(Drawings.png(LETTERS), "eXIf", exif)).saysScreenshot())
        .isTrue();
  }

  @Test
  void read_pictureWithoutNotes_hasNone() throws RefusedPicture {
    assertThat(read(Drawings.png(LETTERS)).exif()).isEqualTo(ExifRecord.NONE);
    assertThat(read(Drawings.png(LETTERS)).alpha()).isFalse();
    assertThat(read(Drawings.png(new BufferedImage(2, 2, BufferedImage.TYPE_INT_ARGB))).alpha())
        .isTrue();
  }

  private static ReadPicture read(byte[] file) throws RefusedPicture {
    return new PictureReader(LIMITS).read(file);
  }

  private static int cube(int x, int y) {
    return ((x & 1) * 0xFF0000) | ((x >> 1 & 1) * 0xFF00) | ((y & 1) * 0xFF);
  }

  private static int letter(char name) {
    return name << 16 | 0x4080;
  }

  private static String letters(Picture pixels) {
    StringBuilder text = new StringBuilder();
    int[] row = new int[pixels.width()];
    for (int y = 0; y < pixels.height(); y++) {
      pixels.row(y, row);
      Arrays.stream(row).forEach(argb -> text.append((char) (argb >> 16 & 0xFF)));
      text.append(' ');
    }
    return text.toString().strip();
  }

  private static void assertNear(Picture pixels, int rgb) {
    int[] row = new int[pixels.width()];
    pixels.row(pixels.height() / 2, row);
    for (int shift = 16; shift >= 0; shift -= 8) {
      int channel = row[row.length / 2] >> shift & 0xFF;
      assertThat(channel).isBetween((rgb >> shift & 0xFF) - 6, (rgb >> shift & 0xFF) + 6);
    }
  }
}
