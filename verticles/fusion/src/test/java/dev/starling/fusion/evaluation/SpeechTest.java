package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Content.Utterance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SpeechTest {
  private static final String WORDS = "Delete that picture, please";

  @Test
  void clearWords_areTheSameButForCaseAndMarks() {
    for (int seed = 0; seed < 50; seed++) {
      Utterance utterance = new Speech(new Draw(seed), new Values(Wording.heldOut())).clear(WORDS);

      assertThat(utterance.transcript().toLowerCase(Locale.ROOT).replace(",", ""))
          .isEqualTo("delete that picture please");
      assertThat(utterance.alternatives()).isEmpty();
    }
  }

  @Test
  void noisyWords_areOthers_andTheRightReadingIsAmongThem() {
    List<Utterance> utterances = new ArrayList<>();
    for (int seed = 0; seed < 50; seed++) {
      utterances.add(new Speech(new Draw(seed), new Values(Wording.heldOut())).noisy(WORDS));
    }

    for (Utterance utterance : utterances) {
      assertThat(utterance.transcript()).isNotEqualTo("delete that picture please");
      Stream<String> readings =
          Stream.concat(
              Stream.of(utterance.transcript()),
              utterance.alternatives().stream().map(alternative -> alternative.transcript()));
      assertThat(readings)
          .anyMatch(text -> text.contains("delete") && text.contains("that picture please"));
    }
    assertThat(utterances).anyMatch(utterance -> !utterance.transcript().contains("delete"));
    assertThat(utterances).anyMatch(utterance -> utterance.alternatives().isEmpty());
  }
}
