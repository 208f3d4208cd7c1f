package dev.starling.textfeatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.features.TextFeaturesContract;
import dev.starling.contract.features.TextFeaturesContract.AllFeatures;
import dev.starling.contract.features.TextFeaturesContract.EmbedText;
import dev.starling.contract.features.TextFeaturesContract.EmbedTexts;
import dev.starling.contract.features.TextFeaturesContract.Embedded;
import dev.starling.contract.features.TextFeaturesContract.TextFeatures;
import dev.starling.contract.features.TextFeaturesContract.TextRefused;
import dev.starling.testkit.TestModels;
import dev.starling.testkit.TestNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Over the bus, with a model whose vector of a text is (its bytes, the first, the last, 1), which
 * the service makes as long as 1.
 */
@Timeout(60)
class TextFeaturesVerticleTest {
  @TempDir private Path directory;
  private TestNode node;
  private final TestModels models = new TestModels("a");

  @BeforeEach
  void start() {
    node = new TestNode(directory);
    node.settings().putObject(TextFeaturesVerticle.SECTION).put("model", "length");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void embed_text_isTheModelsVectorOfLengthOne() {
    node.deploy(models, new TextFeaturesVerticle());

    Embedded embedded = (Embedded) embed("ab");

    double length = Math.sqrt(2 * 2 + 97 * 97 + 98 * 98 + 1);
    assertThat(embedded.model()).isEqualTo("length/1");
    assertThat(embedded.vector())
        .containsExactly(
            new float[] {
              (float) (2 / length),
              (float) (97 / length),
              (float) (98 / length),
              (float) (1 / length)
            },
            within(1e-7f));
  }

  @Test
  void embed_sameTextAgain_theModelIsAskedOnce() {
    node.deploy(models, new TextFeaturesVerticle());

    Embedded first = (Embedded) embed("ab");
    Embedded second = (Embedded) embed("ab");

    assertThat(second.vector()).isEqualTo(first.vector());
    assertThat(models.calls()).hasSize(1);
  }

  @Test
  void embedAll_someTexts_areAnsweredInTheirOrder() {
    node.deploy(models, new TextFeaturesVerticle());

    AllFeatures all =
        node.call(
            TextFeaturesContract.EMBED_ALL,
            new EmbedTexts(List.of("ab", " ", "c", "ab")),
            node.anonymous());

    assertThat(all.features()).hasSize(4);
    assertThat(all.features().get(0))
        .usingRecursiveComparison()
        .isEqualTo(all.features().get(3))
        .isEqualTo(embed("ab"));
    assertThat(all.features().get(1)).isInstanceOf(TextRefused.class);
    assertThat(all.features().get(2)).usingRecursiveComparison().isEqualTo(embed("c"));
    assertThat(models.calls()).hasSize(2);
  }

  @Test
  void embedAll_tooManyTexts_isAnInvalidArgument() {
    node.deploy(models, new TextFeaturesVerticle());

    assertThatThrownBy(
            () ->
                node.call(
                    TextFeaturesContract.EMBED_ALL,
                    new EmbedTexts(Collections.nCopies(65, "a")),
                    node.anonymous()))
        .hasMessage("texts: 65 (expected: <= 64)")
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void embed_withoutTheModel_isUnavailable() {
    node.deploy(new TextFeaturesVerticle());

    assertThatThrownBy(() -> embed("ab"))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private TextFeatures embed(String text) {
    return node.call(TextFeaturesContract.EMBED, new EmbedText(text), node.anonymous());
  }
}
