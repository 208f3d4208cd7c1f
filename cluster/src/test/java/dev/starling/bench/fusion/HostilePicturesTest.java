package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;

/** They must be hostile as they are meant to be, and not for some other reason. */
final class HostilePicturesTest {

  @Test
  void good_isReadByAnybody() throws IOException {
    assertThat(read(HostilePictures.good()).getWidth()).isEqualTo(16);
    assertThat(read(HostilePictures.withComment(1 << 20)).getHeight()).isEqualTo(16);
    assertThat(read(HostilePictures.black(100, 50)).getWidth()).isEqualTo(100);
  }

  @Test
  void size_ofAFewBytes_isWhatTheyDeclare() throws IOException {
    byte[] file = HostilePictures.declaring(60_000, 50_000);
    assertThat(file).hasSizeLessThan(200);
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      ImageReader reader = readers.next();
      reader.setInput(in);

      assertThat(reader.getWidth(0)).isEqualTo(60_000);
      assertThat(reader.getHeight(0)).isEqualTo(50_000);
      reader.dispose();
    }
  }

  @Test
  void black_ofManyPixels_isAFewThousandthsOfTheirSize() {
    assertThat(HostilePictures.black(30_000, 30_000)).hasSizeLessThan(30_000 / 8 * 30_000 / 500);
  }

  @Test
  void cut_isReadByNobody() {
    assertThatThrownBy(() -> read(HostilePictures.cut())).isInstanceOf(IOException.class);
  }

  private static BufferedImage read(byte[] file) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(file));
  }
}
