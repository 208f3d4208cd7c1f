package dev.starling.imagefeatures;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures that tests draw, the same each time. No fonts, no windows. */
public final class Drawings {
  private Drawings() {}

  /** Says which colour a pixel has, 0xRRGGBB. */
  public interface Paint {
    int at(int x, int y);
  }

  public static BufferedImage draw(int width, int height, Paint paint) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, paint.at(x, y));
      }
    }
    return image;
  }

  /** One colour. */
  public static BufferedImage plain(int width, int height, int rgb) {
    return draw(width, height, (x, y) -> rgb);
  }

  /**
   * As a lens takes it: a sky that gets lighter, round hills with soft borders, light from one
   * side, and the noise of a sensor everywhere.
   */
  public static BufferedImage photo(int width, int height, long seed) {
    Random random = new Random(seed);
    int sky = color(random);
    int hill = color(random);
    double[] centers = new double[4];
    for (int i = 0; i < centers.length; i++) {
      centers[i] = random.nextDouble();
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      double down = (double) y / height;
      for (int x = 0; x < width; x++) {
        double across = (double) x / width;
        double ridge = 0.55;
        for (double center : centers) {
          double away = (across - center) * 5;
          ridge -= 0.1 * Math.exp(-away * away);
        }
        double inHill = 1 / (1 + Math.exp((ridge - down) * 120));
        double light = 0.6 + 0.4 * (inHill > 0.5 ? across : 1 - down);
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
          double channel = (sky >> shift & 0xFF) * (1 - inHill) + (hill >> shift & 0xFF) * inHill;
          double noisy = channel * light + random.nextGaussian() * 4;
          rgb |= (int) Math.max(0, Math.min(255, noisy)) << shift;
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /**
   * As a screen shows it: a bar, a picture's frame, buttons, and lines of letters made of blocks.
   */
  public static BufferedImage screen(int width, int height, long seed) {
    Random random = new Random(seed);
    int paper = random.nextBoolean() ? 0xFFFFFF : 0x16181C;
    int ink = paper == 0xFFFFFF ? 0x202124 : 0xE0E0E0;
    int accent = color(random);
    BufferedImage image = plain(width, height, paper);
    fill(image, 0, 0, width, height / 12, accent);
    int unit = Math.max(2, width / 360);
    for (int line = height / 8; line < height * 7 / 8; line += 14 * unit) {
      int end = width - width / 10 - random.nextInt(Math.max(1, width / 3));
      for (int x = width / 12; x < end; x += 6 * unit) {
        if (random.nextInt(6) > 0) {
          letter(image, x, line, unit, ink, random);
        }
      }
    }
    fill(image, width / 3, height * 9 / 10, width / 3, height / 20, accent);
    return image;
  }

  private static void letter(
      BufferedImage image, int left, int top, int unit, int ink, Random random) {
    for (int row = 0; row < 7; row++) {
      for (int column = 0; column < 4; column++) {
        if (random.nextInt(5) < 2) {
          fill(image, left + column * unit, top + row * unit, unit, unit, ink);
        }
      }
    }
  }

  private static void fill(BufferedImage image, int left, int top, int width, int height, int rgb) {
    for (int y = top; y < Math.min(image.getHeight(), top + height); y++) {
      for (int x = left; x < Math.min(image.getWidth(), left + width); x++) {
        image.setRGB(x, y, rgb);
      }
    }
  }

  private static int color(Random random) {
    return (40 + random.nextInt(200)) << 16
        | (40 + random.nextInt(200)) << 8
        | 40 + random.nextInt(200);
  }

  /** Each pixel the mean of those around it. */
  public static BufferedImage blurred(BufferedImage image, int radius) {
    return draw(
        image.getWidth(),
        image.getHeight(),
        (x, y) -> {
          int[] sums = new int[3];
          int count = 0;
          for (int v = y - radius; v <= y + radius; v++) {
            for (int u = x - radius; u <= x + radius; u++) {
              if (u >= 0 && v >= 0 && u < image.getWidth() && v < image.getHeight()) {
                int rgb = image.getRGB(u, v);
                sums[0] += rgb >> 16 & 0xFF;
                sums[1] += rgb >> 8 & 0xFF;
                sums[2] += rgb & 0xFF;
                count++;
              }
            }
          }
          return sums[0] / count << 16 | sums[1] / count << 8 | sums[2] / count;
        });
  }

  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("no PNG of " + image);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static byte[] jpeg(BufferedImage image) {
    return jpeg(image, false);
  }

  public static byte[] jpeg(BufferedImage image, boolean progressive) {
    ImageWriter writer =
        ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), "jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(0.9f);
      parameters.setProgressiveMode(
          progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
