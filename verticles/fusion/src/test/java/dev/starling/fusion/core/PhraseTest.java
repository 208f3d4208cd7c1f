package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Slot.Span;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhraseTest {
  private static final DeviceWords DEVICES =
      new DeviceWords(
          List.of(new Device("t", "Bravia", Device.Kind.TV, "cabin", Set.of(Intent.SHOW_ON))));

  private static Phrase phrase(String text, Span... spans) {
    List<String> words = Words.of(text);
    return new Phrase(text, words, DEVICES.find(words), List.of(spans));
  }

  @Test
  void outline_ofPicturesPeopleAndDevices_saysOnlyThatThereAreSome() {
    Phrase phrase =
        phrase(
            "put the red barn from today on the cabin tv",
            new Span(Slot.PICTURE, 1, 4),
            new Span(Slot.ADDITION, 4, 6));

    assertThat(phrase.outline()).containsExactly("put", "the", "picture", "on", "the", "tv");
    assertThat(phrase("write to aunt sue", new Span(Slot.PERSON, 2, 4)).outline())
        .containsExactly("write", "to", "somebody");
  }

  @Test
  void outline_ofPronouns_keepsThem() {
    assertThat(phrase("turn it off", new Span(Slot.PICTURE, 1, 2)).outline())
        .containsExactly("turn", "it", "off");
  }

  @Test
  void outline_ofDeviceWithinAPicturesName_isThePictureAlone() {
    assertThat(phrase("print the one on the cabin tv", new Span(Slot.PICTURE, 1, 7)).outline())
        .containsExactly("print", "the", "picture");
  }
}
