package dev.starling.cluster.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Bus;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.ImageFeaturesContract.DescribeImage;
import dev.starling.contract.features.ImageFeaturesContract.EncodeText;
import dev.starling.contract.features.ImageFeaturesContract.Encoded;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract.EmbedText;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.imagefeatures.ImageFeaturesVerticle;
import dev.starling.inference.InferenceVerticle;
import dev.starling.testkit.TestNode;
import dev.starling.textfeatures.TextFeaturesVerticle;
import io.vertx.core.Future;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Features of texts and pictures with the real engine, tokenizer and repository behind them. */
@Timeout(180)
class FeaturesIT {

  @Test
  void encoderPair_inTheRepository_wordsFindPictures(@TempDir Path directory) throws IOException {
    ColourClip.writeTo(directory.resolve("models"));
    try (TestNode node = new TestNode(directory)) {
      node.settings().putObject("inference").put("shipped", false).put("start-wait", "2m");
      node.settings()
          .putObject("image-features")
          .putObject("encoder")
          .put("image-model", ColourClip.IMAGE)
          .put("text-model", ColourClip.TEXT)
          .put("size", ColourClip.SIZE);
      node.deploy(new InferenceVerticle(), new ImageFeaturesVerticle());

      float[] redPicture = describe(node, 0xD01010);
      float[] greenPicture = describe(node, 0x10A010);
      // Case, blanks and what is in between are the tokenizer's business.
      float[] redWords = encode(node, "  a RED thing");
      float[] greenWords = encode(node, "Green!");

      assertThat(cosine(redPicture, redWords)).isGreaterThan(0.9);
      assertThat(cosine(greenPicture, greenWords)).isGreaterThan(0.9);
      assertThat(cosine(redPicture, greenWords)).isLessThan(0);
      assertThat(cosine(greenPicture, redWords)).isLessThan(0);
    }
  }

  @Test
  void embed_amongOtherTexts_isTheSameToTheBit(@TempDir Path directory) {
    try (TestNode node = new TestNode(directory)) {
      node.settings().putObject("inference").put("start-wait", "2m");
      // Nothing is remembered: each text goes to the model.
      node.settings().putObject("text-features").put("cache-bytes", 0);
      node.deploy(new InferenceVerticle(), new TextFeaturesVerticle());
      String text = "set the photo I just took as wallpaper";
      float[] alone = embed(node, text);

      List<Future<TextFeatures>> crowd = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String each = i % 4 == 0 ? text : "show picture %d on the TV".formatted(i).repeat(i);
        crowd.add(node.onCaller(bus -> ask(node, bus, each)));
      }

      assertThat(alone).hasSize(384);
      for (int i = 0; i < 40; i++) {
        TextFeatures answer = TestNode.await(crowd.get(i));
        if (i % 4 == 0) {
          assertThat(((Embedded) answer).vector()).isEqualTo(alone);
        }
      }
    }
  }

  private static Future<TextFeatures> ask(TestNode node, Bus bus, String text) {
    return bus.call(TextFeaturesContract.EMBED, new EmbedText(text), node.anonymous());
  }

  private static float[] embed(TestNode node, String text) {
    Embedded embedded =
        (Embedded) node.call(TextFeaturesContract.EMBED, new EmbedText(text), node.anonymous());
    assertThat(embedded.model()).isEqualTo("all-minilm-l6-v2/1");
    return embedded.vector();
  }

  private static float[] describe(TestNode node, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(90, 60, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 90 * 60; i++) {
      image.setRGB(i % 90, i / 90, rgb);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", file);
    Described described =
        (Described)
            node.call(
                ImageFeaturesContract.DESCRIBE,
                new DescribeImage(file.toByteArray()),
                node.anonymous());
    assertThat(described.encoder()).isEqualTo(ColourClip.IMAGE);
    return described.vector();
  }

  private static float[] encode(TestNode node, String text) {
    return ((Encoded)
            node.call(ImageFeaturesContract.ENCODE_TEXT, new EncodeText(text), node.anonymous()))
        .vector();
  }

  private static double cosine(float[] one, float[] other) {
    assertThat(one).hasSize(3);
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
