package dev.starling.imagefeatures.clip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.Tensor;
import dev.starling.imagefeatures.Drawings;
import dev.starling.imagefeatures.picture.Picture;
import dev.starling.imagefeatures.picture.PictureLimits;
import dev.starling.imagefeatures.picture.PictureReader;
import dev.starling.imagefeatures.picture.RefusedPicture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what Pillow and NumPy make of the same pictures: see golden.py beside the file. */
class ClipInputTest {

  private record Golden(
      int width, int height, int size, String checksum, float first, float middle, float last) {}

  static List<Golden> golden() throws IOException {
    try (InputStream file = ClipInputTest.class.getResourceAsStream("golden.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .map(
              part ->
                  new Golden(
                      Integer.parseInt(part[0]),
                      Integer.parseInt(part[1]),
                      Integer.parseInt(part[2]),
                      part[3],
                      Float.parseFloat(part[4]),
                      Float.parseFloat(part[5]),
                      Float.parseFloat(part[6])))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void of_picture_isWhatTheReferenceMakesToTheBit(Golden golden) throws RefusedPicture {
    Tensor input = new ClipInput(golden.size).of(picture(golden.width, golden.height));

    float[] values = floats(input);
    assertThat(values[0]).isEqualTo(golden.first);
    assertThat(values[values.length / 2]).isEqualTo(golden.middle);
    assertThat(values[values.length - 1]).isEqualTo(golden.last);
    CRC32 checksum = new CRC32();
    checksum.update(input.data());
    assertThat("%08x".formatted(checksum.getValue())).isEqualTo(golden.checksum);
  }

  @Test
  void of_picture_isOneOfThreePlanes() throws RefusedPicture {
    Tensor input = new ClipInput(32).of(picture(50, 40));

    assertThat(input.name()).isEqualTo("pixel_values");
    assertThat(input.type()).isEqualTo(DataType.FP32);
    assertThat(input.shape()).containsExactly(1L, 3L, 32L, 32L);
  }

  @Test
  void of_transparentPicture_hasTheColoursBeneath() throws RefusedPicture {
    var clear = new java.awt.image.BufferedImage(4, 4, java.awt.image.BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 16; i++) {
      clear.setRGB(i % 4, i / 4, 0x00FF0000);
    }

    float[] values = floats(new ClipInput(8).of(read(Drawings.png(clear))));

    float[] red = floats(new ClipInput(8).of(read(Drawings.png(Drawings.plain(4, 4, 0xFF0000)))));
    assertThat(values).isEqualTo(red);
  }

  @Test
  void of_longStrip_takesNoMoreThanItsMiddle() throws RefusedPicture {
    Picture strip =
        read(Drawings.png(Drawings.draw(60_000, 1, (x, y) -> x < 30_000 ? 0 : 0xFFFFFF)));

    float[] values = floats(new ClipInput(32).of(strip));

    assertThat(values[0]).isLessThan(-1.7f);
    assertThat(values[31]).isGreaterThan(1.9f);
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.data().length / Float.BYTES];
    ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** As golden.py draws it. */
  private static Picture picture(int width, int height) throws RefusedPicture {
    return read(
        Drawings.png(
            Drawings.draw(
                width,
                height,
                (x, y) -> {
                  int red = x * 255 / Math.max(1, width - 1);
                  int green = (x / 16 + y / 16) % 2 == 0 ? 230 : 25;
                  long mixed = x * 1103515245L + y * 12345L + (long) x * y * 7;
                  return red << 16 | green << 8 | (int) (mixed % 65536 / 256);
                })));
  }

  private static Picture read(byte[] file) throws RefusedPicture {
    return new PictureReader(new PictureLimits(10_000_000, 64 << 20)).read(file).pixels();
  }
}
