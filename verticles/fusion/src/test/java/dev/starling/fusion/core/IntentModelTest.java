package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.starling.testkit.MiniLm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class IntentModelTest {
  private static final DeviceWords NO_DEVICES = new DeviceWords(List.of());
  private static final SlotModel SLOTS = SlotModel.shipped();

  private final IntentModel model = IntentModel.shipped();

  private static Phrase phrase(String text) {
    return Phrase.of(text, NO_DEVICES, SLOTS);
  }

  @Test
  void probabilities_ofAnyText_sumToOne() {
    double sum = 0;
    for (double share : model.probabilities(phrase("zzz"), null)) {
      sum += share;
    }
    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  @Test
  void vector_ofAnotherLength_isLeftOut() {
    Phrase phrase = phrase("print the last photo");
    assertThat(model.probabilities(phrase, new float[3]))
        .isEqualTo(model.probabilities(phrase, null));
  }

  @Test
  void sentences_neverTrainedOn_areRecognised() throws IOException, OrtException {
    List<Sentences.Sentence> sentences = Sentences.read("unseen.txt");
    int right = 0;
    int rightByWords = 0;
    try (MiniLm embedder = new MiniLm()) {
      for (Sentences.Sentence sentence : sentences) {
        Phrase phrase = phrase(sentence.text());
        Intent taken =
            Sentences.taken(model.probabilities(phrase, embedder.embed(sentence.text())));
        Intent byWords = Sentences.taken(model.probabilities(phrase, null));
        right += taken == sentence.intent() ? 1 : 0;
        rightByWords += byWords == sentence.intent() ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThan(sentences.size() * 93 / 100);
    assertThat(rightByWords).isGreaterThan(sentences.size() * 85 / 100);
  }

  @Test
  void model_writtenAndRead_givesTheSame() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    model.write(bytes);
    IntentModel read = IntentModel.read(new ByteArrayInputStream(bytes.toByteArray()));
    Phrase phrase = phrase("delete the last photo");
    assertThat(read.probabilities(phrase, null)).isEqualTo(model.probabilities(phrase, null));
  }

  @Test
  void model_ofAnotherFormat_isRefusedNamingBoth() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(new byte[] {0, 0, 0, 7});
    }
    assertThatThrownBy(() -> IntentModel.read(new ByteArrayInputStream(bytes.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format: 7 (expected:");
  }
}
