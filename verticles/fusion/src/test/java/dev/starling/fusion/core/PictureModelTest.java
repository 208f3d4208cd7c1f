package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.testkit.MiniLm;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureModelTest {
  private static MiniLm embedder;

  private final PictureModel model = PictureModel.shipped();

  @BeforeAll
  static void load() throws Exception {
    embedder = new MiniLm();
  }

  @AfterAll
  static void close() throws Exception {
    embedder.close();
  }

  private PictureModel.Guess guess(String text) {
    List<String> words = Words.of(text);
    return model.guess(words, new boolean[words.size()], embedder.embed(String.join(" ", words)));
  }

  @ParameterizedTest
  @CsvSource({
    "the photograph i created a heartbeat ago, JUST_TOOK",
    "the shot directly prior to my newest one, BEFORE_LAST",
    "the picture i am staring at as we speak, VIEWED",
    "the photo in which purple prevails, COLOR",
    "my cat asleep in a hat, SHOWN",
    "the frame from the day before the day before today, TWO_DAYS_AGO"
  })
  void kind_inWordsOfItsOwn_isTold(String text, PictureKind kind) {
    assertThat(guess(text).kind()).isEqualTo(kind);
  }

  @Test
  void plainWords_ofColor_keepTheColor() {
    assertThat(PictureKind.COLOR.plainly(Words.of("the one where everything is green")))
        .containsExactly("the", "green", "one");
  }

  @Test
  void plainWords_withoutWhatTheyNeed_areNone() {
    assertThat(PictureKind.COLOR.plainly(Words.of("the one with the nice color"))).isNull();
    assertThat(PictureKind.ORDINAL_TODAY.plainly(Words.of("the one from today"))).isNull();
    assertThat(PictureKind.SHOWN.plainly(Words.of("the cat"))).isNull();
  }

  @Test
  void plainWords_ofOrdinals_readNumbersAndNotTheWordOne() {
    assertThat(PictureKind.ORDINAL_BURST.plainly(Words.of("the one that was third")))
        .containsExactly("the", "third", "one");
    assertThat(PictureKind.ORDINAL_BURST.plainly(Words.of("number one")))
        .containsExactly("the", "first", "one");
    assertThat(PictureKind.ORDINAL_BURST.plainly(Words.of("photo four of those")))
        .containsExactly("the", "fourth", "one");
  }
}
