package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsTest {
  private static final Models MODELS = Models.shipped();
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
    "forward the photo of the dog to the team, team",
    "email the screenshot to dr miller, dr miller",
    "send the last photo to my best friend, best friend",
    "send my little sister the red one, little sister",
    "email it to my co-worker, co-worker",
    "forward the screenshot to my mother-in-law please, mother-in-law",
    "send the photo of grandma to ruby, ruby",
    "pass that on to mark, mark",
    "send the receipt to the accountant, accountant",
    "send priya the picture of the road to the castle, priya",
    "share with tom the picture with the dog, tom",
    "share the last one with the neighbours, neighbours",
    "surprise my aunt with the sunset photo, aunt",
    "my landlord is waiting for the photo of the leak so send it, landlord",
    "make sure helen gets the newest picture, helen",
    "get the whiteboard shot over to the design team, design team",
    "my old roommate would love this one send it over, old roommate",
    "dr smith asked for my screenshot so send it, dr smith",
    "let my nephew have a look at the snowman picture, nephew",
    "send the one with the dog would you, ''",
    "mail the cat photo to the vet, vet",
    "attach the latest shot and send it to uncle ravi via whatsapp, uncle ravi",
    "send the photo i just took, ''",
    "send it to the trash, ''",
    "send the photo with the dog, ''"
  })
  void recipient_howeverSaid_isNamedWithoutMy(String text, String recipient) {
    assertThat(People.recipient(Phrase.of(text, DEVICES, MODELS.slots()))).isEqualTo(recipient);
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
    "i want to hear my favorite song, my favorite song",
    "start my workout playlist, my workout playlist",
    "play me some adele for a bit, adele",
    "Play some hip-hop in the kitchen, hip-hop",
    "could you play AC/DC, ac/dc",
    "get some bossa nova going, bossa nova",
    "let's get some salsa playing in here, salsa",
    "i could use some rain sounds, rain sounds",
    "tune in to radio paradise please, radio paradise",
    "fill the kitchen with cello music, cello music",
    "set the mood with slow soul, slow soul",
    "i'd love to hear some fado right now, fado",
    "play lo-fi beats while i cook, lo-fi beats",
    "some ella fitzgerald would be nice, ella fitzgerald",
    "let the kitchen speaker play whale song, whale song",
    "can we have the true crime podcast on, the true crime podcast",
    "how about some reggae to start, reggae",
    "play, ''",
    "i want to hear some, ''",
    "could you start playing please, ''"
  })
  void query_howeverSaid_isWhatIsPlayedInTheWordsSaid(String text, String query) {
    Parse parse =
        Parse.of(
            Intent.PLAY,
            Phrase.of(text, DEVICES, MODELS.slots()),
            new PictureWords(MODELS.pictures(), Map.of(), Moment.millis(Home.NOW), Home.ZONE),
            DEVICES,
            Moment.millis(Home.NOW),
            Home.ZONE);
    assertThat(parse.query()).isEqualTo(query);
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
