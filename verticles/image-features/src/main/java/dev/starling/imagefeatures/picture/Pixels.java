package dev.starling.imagefeatures.picture;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;

/** Pixels as they are stored, 0xAARRGGBB, with the numbers of the file: no profile is applied. */
interface Pixels {
  int OPAQUE = 0xFF00_0000;

  int argb(int x, int y);

  static Pixels of(BufferedImage image) {
    Raster raster = image.getRaster();
    SampleModel model = raster.getSampleModel();
    boolean direct =
        !(image.getColorModel() instanceof IndexColorModel)
            && model instanceof ComponentSampleModel
            && model.getDataType() == DataBuffer.TYPE_BYTE
            && raster.getDataBuffer() instanceof DataBufferByte buffer
            && buffer.getNumBanks() == 1
            && buffer.getOffset() == 0
            && raster.getSampleModelTranslateX() == 0
            && raster.getSampleModelTranslateY() == 0;
    return direct ? new Interleaved(raster) : Packed.of(image);
  }

  /** Bytes as the decoder left them: gray, gray and alpha, colours, or colours and alpha. */
  final class Interleaved implements Pixels {
    private final byte[] data;
    private final int pixelStride;
    private final int rowStride;
    private final int red;
    private final int green;
    private final int blue;
    private final int alpha;

    private Interleaved(Raster raster) {
      ComponentSampleModel model = (ComponentSampleModel) raster.getSampleModel();
      int[] offsets = model.getBandOffsets();
      boolean gray = offsets.length < 3;
      this.data = ((DataBufferByte) raster.getDataBuffer()).getData();
      this.pixelStride = model.getPixelStride();
      this.rowStride = model.getScanlineStride();
      this.red = offsets[0];
      this.green = offsets[gray ? 0 : 1];
      this.blue = offsets[gray ? 0 : 2];
      this.alpha = offsets.length % 2 == 0 ? offsets[offsets.length - 1] : -1;
    }

    @Override
    public int argb(int x, int y) {
      int at = y * rowStride + x * pixelStride;
      int opacity = alpha < 0 ? OPAQUE : data[at + alpha] << 24;
      return opacity
          | (data[at + red] & 0xFF) << 16
          | (data[at + green] & 0xFF) << 8
          | data[at + blue] & 0xFF;
    }
  }

  /** What is stored in other ways, a second time. */
  final class Packed implements Pixels {
    private final int[] data;
    private final int width;

    private Packed(int[] data, int width) {
      this.data = data;
      this.width = width;
    }

    static Packed of(BufferedImage image) {
      int width = image.getWidth();
      int height = image.getHeight();
      int[] data = new int[width * height];
      Raster raster = image.getRaster();
      int bands = raster.getNumBands();
      int[] samples = new int[width * bands];
      for (int y = 0; y < height; y++) {
        raster.getPixels(0, y, width, 1, samples);
        for (int x = 0; x < width; x++) {
          data[y * width + x] =
              image.getColorModel() instanceof IndexColorModel palette
                  ? palette.getRGB(samples[x])
                  : argb(samples, x * bands, bands, raster.getSampleModel().getSampleSize(0) - 8);
        }
      }
      return new Packed(data, width);
    }

    /**
     * @param surplus bits that a sample has more than eight
     */
    private static int argb(int[] samples, int at, int bands, int surplus) {
      boolean gray = bands < 3;
      int red = samples[at] >> surplus;
      int green = samples[gray ? at : at + 1] >> surplus;
      int blue = samples[gray ? at : at + 2] >> surplus;
      int opacity = bands % 2 == 0 ? samples[at + bands - 1] >> surplus << 24 : OPAQUE;
      return opacity | red << 16 | green << 8 | blue;
    }

    @Override
    public int argb(int x, int y) {
      return data[y * width + x];
    }
  }
}
