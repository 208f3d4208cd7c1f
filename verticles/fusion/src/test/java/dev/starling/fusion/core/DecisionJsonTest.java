package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DecisionJsonTest {
  private static Decision decision(double confidence, String question) {
    FusionEvent.Key key = new FusionEvent.Key("/devices/p", "u1");
    return new Decision(
        key,
        Decision.Status.ASKED,
        Intent.SEND_TO,
        Decision.Target.image("i1"),
        "p",
        new TreeMap<>(Map.of("recipient", "mom")),
        confidence,
        question,
        List.of(Decision.Target.image("i1")),
        null,
        new Decision.Explanation(
            new TreeMap<>(Map.of(Intent.SEND_TO, 0.75, Intent.NONE, 0.25)),
            List.of("time: just now"),
            new TreeMap<>(Map.of("p", -5L)),
            List.of(
                new Decision.Candidate(
                    new FusionEvent.Key("/devices/p", "e1"),
                    Decision.Target.image("i1"),
                    -1.25,
                    7,
                    Map.of("recency", -1.25),
                    ""))));
  }

  @Test
  void decision_written_hasFixedOrderAndDecimals() {
    assertThat(DecisionJson.text(decision(0.123456, "Why?")))
        .isEqualTo(
            "{\"utterance\":{\"source\":\"/devices/p\",\"id\":\"u1\"},\"status\":\"asked\","
                + "\"intent\":\"send_to\",\"target\":{\"kind\":\"image\",\"id\":\"i1\"},"
                + "\"device\":\"p\",\"arguments\":{\"recipient\":\"mom\"},\"confidence\":0.1235,"
                + "\"question\":\"Why?\",\"options\":[{\"kind\":\"image\",\"id\":\"i1\"}],"
                + "\"answers\":null,\"explanation\":{\"intents\":{\"send_to\":0.7500,"
                + "\"none\":0.2500},\"readings\":[\"time: just now\"],\"skew_ms\":{\"p\":-5},"
                + "\"candidates\":[{\"event\":{\"source\":\"/devices/p\",\"id\":\"e1\"},"
                + "\"target\":{\"kind\":\"image\",\"id\":\"i1\"},\"score\":-1.2500,\"time_ms\":7,"
                + "\"reasons\":{\"recency\":-1.2500},\"lost\":\"\"}]}}");
  }

  @Test
  void numbers_thatAreNone_areNull() {
    assertThat(DecisionJson.text(decision(Double.NaN, ""))).contains("\"confidence\":null");
  }

  @Test
  void numbers_thatRoundToZero_haveNoSign() {
    assertThat(DecisionJson.text(decision(-0.00001, ""))).contains("\"confidence\":0.0000");
  }

  @Test
  void text_withQuotesControlsAndHalfPairs_isEscaped() {
    assertThat(DecisionJson.text(decision(1, "\"\\\n\u0001\ud800 \ud83d\ude00")))
        .contains("\"question\":\"\\\"\\\\\\n\\u0001\\ud800 \ud83d\ude00\"");
  }
}
