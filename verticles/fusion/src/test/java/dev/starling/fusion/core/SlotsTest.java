package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsTest {
  private static final DeviceWords DEVICES = new DeviceWords(new Home(1).devices());

  @ParameterizedTest
  @CsvSource({
    "dim the lights to 50 percent, 50",
    "dim it to fifty percent, 50",
    "set the lamp to twenty five percent, 25",
    "lights to half please, 50",
    "take it down to a quarter, 25",
    "three quarters brightness, 75",
    "set it to 30%, 30",
    "dim the one in the hall to 40, 40",
    "full brightness, 100",
    "dim it by 20 percent, 80",
    "dim it by half, 50",
    "dim it to 250, 100",
    "dim the lights a bit, 70",
    "dim the lights, -1",
    "dim that one please, -1"
  })
  void level_inWordsOrDigits_isPercent(String text, int level) {
    assertThat(Levels.find(Words.of(text))).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource({
    "send it to mom, mom",
    "send it to my mom, mom",
    "send anna the last photo, anna",
    "send my sister the red one, sister",
    "share the photo with the dog with anna, anna",
    "share the picture of the cake with my uncle bob, uncle bob",
    "let dad see the photo i just took, dad",
    "anna should get the receipt, anna",
    "text that to peter please, peter",
    "send the picture from my phone to lisa now, lisa",
    "i want grandma to see the one from this morning, grandma",
    "forward the photo of the dog to the team, team",
    "email the screenshot to dr miller, dr miller",
    "send the photo i just took, ''",
    "send it to the trash, ''",
    "send the photo with the dog, ''"
  })
  void recipient_howeverSaid_isNamedWithoutMy(String text, String recipient) {
    List<String> words = Words.of(text);
    boolean[] used = new boolean[words.size()];
    for (DeviceMention mention : DEVICES.find(words)) {
      for (int i = mention.from(); i < mention.to(); i++) {
        used[i] = true;
      }
    }
    assertThat(Recipients.find(words, used).name()).isEqualTo(recipient);
  }

  @ParameterizedTest
  @CsvSource({
    "play jazz, jazz",
    "play some jazz, jazz",
    "could you put on the beatles please, the beatles",
    "put some classical music on, classical music",
    "play bohemian rhapsody on the kitchen speaker, bohemian rhapsody",
    "on the kitchen speaker play miles davis, miles davis",
    "have the kitchen speaker play lullabies, lullabies",
    "i'd like to listen to the news in the living room, the news",
    "i want to hear my favourite song, my favourite song",
    "let's hear don't stop believing, don't stop believing",
    "start my workout playlist, my workout playlist",
    "play me some adele for a bit, adele"
  })
  void query_howeverSaid_isWhatIsPlayedInTheWordsSaid(String text, String query) {
    assertThat(PlayQueries.find(text, DEVICES)).isEqualTo(query);
  }

  @Test
  void words_contractionsSpellingsAndMishearings_areOne() {
    assertThat(Words.of("Don't favourite yesterday's foto, it's on the T.V.!"))
        .containsExactly(
            "do", "not", "favorite", "yesterday", "'s", "photo", "it", "is", "on", "the", "tv");
  }

  @Test
  void words_twoThatAreOne_areJoined() {
    assertThat(Words.of("um set it as wall paper on the home screen"))
        .containsExactly("set", "it", "as", "wallpaper", "on", "the", "homescreen");
  }

  @Test
  void words_oneLetterWrongInALongOne_areMended() {
    assertThat(Words.of("wallpeper yesterdey table"))
        .containsExactly("wallpaper", "yesterday", "table");
  }
}
