package dev.starling.imagefeatures.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Has the JDK decode a bare picture. It takes long, and memory within the limits. No state. */
final class Decoder {
  /** How the JDK's JPEG decoder begins when data is missing or makes no sense. */
  private static final String CORRUPT = "Corrupt JPEG data";

  /** Bytes between segments that belong to neither: cameras leave some. */
  private static final String HARMLESS = "extraneous";

  private Decoder() {}

  static BufferedImage decode(BarePicture bare, PictureLimits limits) throws RefusedPicture {
    ImageReader reader = reader(bare.type());
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (warnings.size() < 100) {
            warnings.add(warning);
          }
        });
    // In memory: the other kind of stream is cached on disk.
    try (ImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bare.file()))) {
      reader.setInput(input, true, true);
      if (reader.getWidth(0) != bare.width() || reader.getHeight(0) != bare.height()) {
        throw RefusedPicture.damaged(bare.type() + ": two sizes (expected: one)");
      }
      int step = limits.step(bare.width(), bare.height(), bare.bytesPerPixel());
      ImageReadParam parameters = reader.getDefaultReadParam();
      parameters.setSourceSubsampling(step, step, 0, 0);
      BufferedImage image = reader.read(0, parameters);
      for (String warning : warnings) {
        if (warning.startsWith(CORRUPT) && !warning.contains(HARMLESS)) {
          throw RefusedPicture.damaged(bare.type() + ": damaged data");
        }
      }
      return image;
    } catch (IOException | RuntimeException e) {
      // Decoders throw whatever they trip over.
      throw RefusedPicture.damaged(bare.type() + ": cannot be decoded");
    } finally {
      reader.dispose();
    }
  }

  /** The JDK's own, whatever else is on the class path. */
  private static ImageReader reader(PictureType type) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(type.name());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
    }
    throw new IllegalStateException("this JDK reads no " + type);
  }
}
