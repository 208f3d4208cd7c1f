package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One day's pictures, and what they are called. Without embeddings, by words alone. */
class ReferencesTest {
  private static final EventTimeResolver RESOLVER = EventTimeResolver.create();
  private static final double MINUTE = 60;
  private static final double HOUR = 3600;

  private final Home home = new Home(8);
  private final Map<String, String> names = new HashMap<>();

  /** Now is Wednesday, 15:40. */
  @BeforeEach
  void take() {
    name("bike", home.image(Home.TABLET, 29.7 * HOUR, "bike,street", "red"));
    name("sunset", home.image(Home.PHONE, 19.6 * HOUR, "sunset,sky", "orange"));
    name("breakfast", home.image(Home.PHONE, 7.8 * HOUR, "plate,egg", "yellow"));
    name("old dog", home.image(Home.TABLET, 5.2 * HOUR, "dog,grass", "green"));
    name("pizza", home.image(Home.PHONE, 3 * HOUR, "pizza,table", "purple"));
    name("screen", home.image(Home.PHONE, 20 * MINUTE, "", "white", 0.95, 0.9, true));
    name("car", home.image(Home.TABLET, 9 * MINUTE, "car,street", "blue"));
    name("new dog", home.image(Home.PHONE, 4 * MINUTE, "dog,beach", "brown", 0.15, 0.8, false));
    name("cup", home.image(Home.PHONE, MINUTE, "cup", "gray"));
  }

  private void name(String name, String id) {
    names.put(name, id);
  }

  private Decision say(String text) {
    FusionEvent said = home.say(Home.PHONE, 0, text);
    return RESOLVER.decide(home.situation(said));
  }

  @ParameterizedTest
  @CsvSource({
    "my last photo, cup",
    "the most recent shot, cup",
    "the one i just snapped, cup",
    "the photo i just took, cup",
    "it, cup",
    "the second to last photo, new dog",
    "the one before the last, new dog",
    "the photo before the last one, new dog",
    "the picture i took before that, new dog",
    "the last one on the tablet, car",
    "my tablet's newest picture, car",
    "the one from the tablet, car",
    "the blue one, car",
    "that blue car photo, car",
    "the car, car",
    "the picture from nine minutes ago, car",
    "the screenshot, screen",
    "the screenshot from twenty minutes ago, screen",
    "the orange one from last night, sunset",
    "yesterday evening's photo, sunset",
    "the last picture from yesterday, sunset",
    "the first picture i took yesterday, bike",
    "the bike, bike",
    "yesterday's bike photo, bike",
    "the dog from this morning, old dog",
    "this morning's tablet picture, old dog",
    "the older dog picture, old dog",
    "the beach picture, new dog",
    "the newest dog picture, new dog",
    "the dark one, new dog",
    "the photo i took at lunch, pizza",
    "the lunch picture, pizza",
    "the photo from about three hours ago, pizza",
    "the one i took at breakfast, breakfast",
    "the first picture from today, breakfast",
    "the yellow one, breakfast",
    "the snap i grabbed a second ago, cup",
    "the pic i captured a moment ago, cup",
    "the shot from just now, cup",
    "my tablet's most recent photo, car",
    "the azure one, car",
    "the penultimate photo, new dog",
    "the snap prior to the last one, new dog",
    "the previous picture, new dog",
    "that last capture, cup",
    "the shot i captured at lunchtime, pizza",
    "the picture taken on my tablet this morning, old dog",
    "the image i got from the tablet a few minutes ago, car",
    "the one with the bike, bike",
    "the photo of the sky, sunset",
    "the photo i shot yesterday night, sunset",
    "the mostly blue one, car",
    "the bluish picture, car",
    "the one with lots of blue in it, car",
    "the one that's nearly all purple, pizza",
    "the predominantly orange photo, sunset",
    "the picture dominated by red, bike",
    "the one mostly in yellow, breakfast",
    "the blue-coloured one, car",
    "the one whose main colour is purple, pizza",
    "the picture full of orange tones, sunset",
    "the screen grab, screen",
    "my screencap, screen",
    "the screen capture i made, screen",
    "the picture of my screen, screen",
    "the last photo but one, new dog",
    "the second last picture, new dog",
    "the second most recent shot, new dog",
    "the third to last photo, car",
    "the one i took just before the last one, new dog",
    "today's second picture, old dog",
    "the second photo of today, old dog",
    "the third picture i took today, pizza",
    "the first photo of the day, breakfast",
    "the second of the last three photos, new dog",
    "the photo from a good three hours ago, pizza",
    "the picture from five and a half hours ago, old dog",
    "the photo i took ten minutes back, car",
    "the picture from twenty one minutes ago, screen",
    "the photo from three hours ago or so, pizza",
    "the one the tablet took last, car",
    "the newest off the tablet, car",
    "the latest in the tablet's gallery, car",
    "the shot from the camera, cup",
    "the last picture that is not a screenshot, cup",
    "the one by the beach, new dog"
  })
  void picture_calledSo_isMeant(String text, String name) {
    Decision decision = say("print " + text);
    assertThat(decision.target())
        .as(decision + "")
        .isEqualTo(Decision.Target.image(names.get(name)));
    assertThat(decision.status()).isEqualTo(Decision.Status.RESOLVED);
  }

  @ParameterizedTest
  @CsvSource({
    "the dog",
    "the picture of the elephant",
    "the photo from last week",
    "the pictures from this morning",
    "the last two photos",
    "both of them",
    "the dog picture from today",
    "the one with the zebra"
  })
  void picture_thatIsNotClear_isAskedFor(String text) {
    Decision decision = say("print " + text);
    assertThat(decision.status()).as(decision + "").isEqualTo(Decision.Status.ASKED);
    assertThat(decision.intent()).isEqualTo(Intent.PRINT);
  }
}
