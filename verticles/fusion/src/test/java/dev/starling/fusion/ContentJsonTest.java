package dev.starling.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Alternative;
import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Content.Descriptors;
import dev.starling.fusion.core.Content.Exif;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Content.Utterance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContentJsonTest {
  private static final float[] VECTOR = {0.5f, -0.25f};

  static Stream<Content> contents() {
    return Stream.of(
        new Behaviour("app_opened", Map.of("app", "gallery", "é", "\"q\"")),
        new Behaviour("touched", Map.of()),
        new Utterance(true, "set it", 1.0 / 3, List.of(new Alternative("sat it", 0.1)), "en-GB"),
        new Utterance(false, "hi", 1, List.of(), ""),
        new Image("i", "", "", List.of(), Exif.NONE, null, null),
        new Image(
            "i",
            "https://example.org/i",
            "a dog",
            List.of("dog", "beach"),
            new Exif(Instant.parse("2030-01-01T00:00:00.123456Z"), "Acme", "One"),
            new Descriptors(3, 4, List.of(new Color("red", 0xfe0102, 1.0 / 3)), 0.1, 0.7, true),
            VECTOR));
  }

  @ParameterizedTest
  @MethodSource("contents")
  void read_whatWasWritten_isEqual(Content content) {
    Content read =
        ContentJson.read(
            Modality.of(content), ContentJson.write(content), ContentJson.vector(content));

    assertThat(read).usingRecursiveComparison().isEqualTo(content);
  }
}
