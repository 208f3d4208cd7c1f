package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.fusion.core.Slot.Span;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotModelTest {
  private static final DeviceWords DEVICES =
      new DeviceWords(
          List.of(new Device("t", "Bravia", Device.Kind.TV, "cabin", Set.of(Intent.SHOW_ON))));

  private final SlotModel model = SlotModel.shipped();

  private String slots(String text) {
    Phrase phrase = Phrase.of(text, DEVICES, model);
    StringBuilder found = new StringBuilder();
    for (Span span : phrase.spans()) {
      found.append(found.isEmpty() ? "" : "; ").append(span.slot()).append(": ");
      found.append(String.join(" ", phrase.words(span)));
    }
    return found.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "send the picture i took at the pier to grandpa | PICTURE: the picture i took at the pier; PERSON: grandpa",
        "email what i just photographed to zorbulina | PICTURE: what i just photographed; PERSON: zorbulina",
        "play quantum lullabies by the mordavians in the cabin | SOUND: quantum lullabies by the mordavians",
        "show the gorilla from this morning on the bravia | PICTURE: the gorilla; ADDITION: from this morning",
        "what a day | ''"
      })
  void slots_ofWordsThatNobodyTrained_areFound(String text, String slots) {
    assertThat(slots(text)).isEqualTo(slots);
  }

  @Test
  void spans_neverOverlap_andStayInTheText() {
    for (Sentences.Sentence sentence : Sentences.read("unseen.txt")) {
      Phrase phrase = Phrase.of(sentence.text(), DEVICES, model);
      int at = 0;
      for (Span span : phrase.spans()) {
        assertThat(span.from()).isGreaterThanOrEqualTo(at);
        assertThat(span.to()).isGreaterThan(span.from());
        at = span.to();
      }
      assertThat(at).isLessThanOrEqualTo(phrase.words().size());
    }
  }

  @Test
  void model_writtenAndRead_findsTheSame() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    model.write(bytes);
    SlotModel read = SlotModel.read(new ByteArrayInputStream(bytes.toByteArray()));
    List<String> words = Words.of("send the photo of the cat to my aunt");
    assertThat(read.spans(words, List.of())).isEqualTo(model.spans(words, List.of())).isNotEmpty();
  }

  @Test
  void model_ofAnotherFormat_isRefusedNamingBoth() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(new byte[] {0, 0, 0, 7});
    }
    assertThatThrownBy(() -> SlotModel.read(new ByteArrayInputStream(bytes.toByteArray())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format: 7 (expected:");
  }
}
