package dev.starling.imagefeatures;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeatures.Reason;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.ImageFeaturesContract.DescribeImage;
import dev.starling.contract.features.ImageFeaturesContract.DescribeLarge;
import dev.starling.contract.features.ImageFeaturesContract.EncodeText;
import dev.starling.contract.features.ImageFeaturesContract.Encoded;
import dev.starling.contract.features.ImageFeaturesContract.NotEncoded;
import dev.starling.contract.features.ImageFeaturesContract.TextEncoding;
import dev.starling.contract.features.ImageFeaturesContract.Why;
import dev.starling.testkit.TestNode;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over the bus. */
@Timeout(60)
class ImageFeaturesVerticleTest {
  private static final byte[] RED = Drawings.jpeg(Drawings.plain(120, 80, 0xE01010));
  private static final byte[] GREEN = Drawings.png(Drawings.plain(80, 120, 0x10A010));

  @TempDir private Path directory;
  private TestNode node;
  private final ColourPair pair = new ColourPair();

  @BeforeEach
  void start() {
    node = new TestNode(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void describe_picture_isWhatItsPixelsSay() {
    node.deploy(new ImageFeaturesVerticle());

    Described described = (Described) describe(RED);

    assertThat(described.width()).isEqualTo(120);
    assertThat(described.height()).isEqualTo(80);
    assertThat(described.colors())
        .extracting(ImageFeatures.ColorShare::name)
        .containsExactly("red");
    assertThat(described.encoder()).isEmpty();
    assertThat(described.vector()).isEmpty();
  }

  @Test
  void describe_noPicture_isRefused() {
    node.deploy(new ImageFeaturesVerticle());

    assertThat(describe(new byte[] {1, 2, 3}))
        .isEqualTo(new ImageRefused(Reason.UNSUPPORTED, "type: unknown (expected: JPEG or PNG)"));
    assertThat(describe(Arrays.copyOf(GREEN, GREEN.length - 9)))
        .isEqualTo(new ImageRefused(Reason.DAMAGED, "PNG: ends early (expected: an end chunk)"));
    assertThat(count("unsupported")).isEqualTo(1);
    assertThat(count("damaged")).isEqualTo(1);
  }

  @Test
  void describe_tooManyBytesOrPixels_isRefused() {
    settings().put("max-bytes", 2000).put("max-pixels", 5000);
    node.deploy(new ImageFeaturesVerticle());

    assertThat(describe(new byte[2001]))
        .isEqualTo(new ImageRefused(Reason.TOO_LARGE, "picture: 2001 bytes (expected: <= 2000)"));
    assertThat(describe(GREEN))
        .isEqualTo(new ImageRefused(Reason.UNFOLDS_TOO_FAR, "pixels: 9600 (expected: <= 5000)"));
    assertThat(describeLarge(new byte[2001], 0))
        .isEqualTo(new ImageRefused(Reason.TOO_LARGE, "picture: 2001 bytes (expected: <= 2000)"));
  }

  @Test
  void describeLarge_picture_isAnsweredAsInOneMessage() {
    node.deploy(new ImageFeaturesVerticle());
    byte[] large = Drawings.png(Drawings.photo(900, 700, 1));
    assertThat(large.length).isGreaterThan(1 << 20);

    assertThat(describeLarge(large, 0)).usingRecursiveComparison().isEqualTo(describe(large));
  }

  @Test
  void describeLarge_notAsAnnounced_isReset() {
    node.deploy(new ImageFeaturesVerticle());

    for (int more : new int[] {-1, 1}) {
      assertThatThrownBy(() -> describeLarge(GREEN, more))
          .isInstanceOfSatisfying(
              BusException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
  }

  @Test
  void describe_withAnEncoderPair_wordsFindPictures() {
    encoder();
    node.deploy(new ImageFeaturesVerticle(), pair);

    Described red = (Described) describe(RED);
    Described green = (Described) describe(GREEN);
    Encoded word = (Encoded) encode("red");

    assertThat(red.encoder()).isEqualTo(ColourPair.IMAGE).isEqualTo(word.encoder());
    assertThat(cosine(red.vector(), red.vector())).isCloseTo(1, within(1e-6));
    assertThat(cosine(word.vector(), word.vector())).isCloseTo(1, within(1e-6));
    assertThat(cosine(red.vector(), word.vector())).isGreaterThan(0.9);
    assertThat(cosine(green.vector(), word.vector())).isLessThan(0.1);
    assertThat(pair.shapes.get(0)).containsExactly(1L, 3L, 32L, 32L);
  }

  @Test
  void describe_encoderIsAway_isDescribedWithoutAVector() {
    encoder();
    node.deploy(new ImageFeaturesVerticle());

    Described described = (Described) describe(RED);

    assertThat(described.encoder()).isEqualTo(ColourPair.IMAGE);
    assertThat(described.vector()).isEmpty();
    assertThat(described.width()).isEqualTo(120);
    assertThatThrownBy(() -> encode("red"))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void encodeText_wordsThatCannotBeEncoded_areNot() {
    encoder();
    settings().put("max-text-bytes", 10);
    node.deploy(new ImageFeaturesVerticle(), pair);

    for (String words : new String[] {"", " ", "more than 10 bytes", "mauve"}) {
      assertThat(encode(words))
          .isInstanceOfSatisfying(
              NotEncoded.class, not -> assertThat(not.why()).isEqualTo(Why.INVALID));
    }
    assertThatThrownBy(() -> encode("nothing"))
        .hasMessageContaining("text_embeds: a vector of length 0.0 (expected: > 0, finite)");
  }

  @Test
  void encodeText_withoutAPair_saysSo() {
    node.deploy(new ImageFeaturesVerticle());

    assertThat(encode("red"))
        .isEqualTo(
            new NotEncoded(Why.NO_ENCODER, "encoder: none is configured (expected: a pair)"));
  }

  private ObjectNode settings() {
    return node.settings().withObject("/" + ImageFeaturesVerticle.SECTION);
  }

  private void encoder() {
    settings()
        .putObject("encoder")
        .put("image-model", ColourPair.IMAGE)
        .put("text-model", ColourPair.TEXT)
        .put("size", 32);
  }

  private ImageFeatures describe(byte[] file) {
    return node.call(ImageFeaturesContract.DESCRIBE, new DescribeImage(file), node.anonymous());
  }

  private TextEncoding encode(String text) {
    return node.call(ImageFeaturesContract.ENCODE_TEXT, new EncodeText(text), node.anonymous());
  }

  private double count(String outcome) {
    return node.scope()
        .meters()
        .get("image.features.pictures")
        .tag("outcome", outcome)
        .counter()
        .count();
  }

  /**
   * Sends a picture in pieces and reads what comes back.
   *
   * @param more how much more than there is is announced
   */
  private ImageFeatures describeLarge(byte[] file, int more) {
    return await(
        node.onCaller(
            bus -> {
              Promise<ImageFeatures> answer = Promise.promise();
              bus.open(
                      ImageFeaturesContract.DESCRIBE_LARGE,
                      new DescribeLarge(file.length + more),
                      node.anonymous())
                  .onFailure(answer::fail)
                  .onSuccess(
                      opened -> {
                        BusStream<byte[], byte[]> stream = opened.stream();
                        if (stream == null) {
                          answer.complete((ImageRefused) opened.answer());
                          return;
                        }
                        PieceBuffer received = new PieceBuffer(1 << 20, PieceBudget.ofHeap());
                        stream
                            .onItem(received::add)
                            .onEnd(
                                () -> {
                                  answer.complete(ImageFeatures.CODEC.fromBytes(received.join()));
                                  stream.end();
                                })
                            .onClosed(
                                failure -> {
                                  if (failure != null) {
                                    answer.tryFail(failure);
                                  }
                                });
                        Pieces.send(stream, file, piece -> piece, stream::end);
                      });
              return answer.future();
            }));
  }

  private static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
