package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.starling.testkit.MiniLm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeResolverTest {
  private static final EventTimeResolver RESOLVER = EventTimeResolver.create();
  private static final Map<String, float[]> KNOWN = new HashMap<>();
  private static MiniLm model;

  private final Home home = new Home(3);

  @BeforeAll
  static void load() throws IOException, OrtException {
    model = new MiniLm();
  }

  @AfterAll
  static void close() throws OrtException {
    model.close();
  }

  private static float[] embed(String text) {
    return KNOWN.computeIfAbsent(text, model::embed);
  }

  private Decision say(Device device, String text) {
    FusionEvent said = home.say(device, 0, text);
    return home.decide(RESOLVER, said, EventTimeResolverTest::embed);
  }

  private void said(double secondsAgo, String text) {
    home.say(Home.PHONE, secondsAgo, text);
  }

  private static void assertGiven(Decision decision, Intent intent, String image, String device) {
    assertThat(decision.status()).isEqualTo(Decision.Status.RESOLVED);
    assertThat(decision.intent()).isEqualTo(intent);
    assertThat(decision.target()).isEqualTo(Decision.Target.image(image));
    assertThat(decision.device()).isEqualTo(device);
    assertThat(decision.explanation().candidates().get(0).lost()).isEmpty();
  }

  @Test
  void photo_justTaken_becomesTheWallpaperOfTheSpeakingDevice() {
    home.image(Home.PHONE, 600, "cup", "white");
    String image = home.image(Home.PHONE, 20, "park", "green");
    assertGiven(
        say(Home.PHONE, "set the photo I just took as wallpaper"),
        Intent.SET_WALLPAPER,
        image,
        "phone-1");
  }

  @Test
  void clock_ahead_doesNotMakeAPictureTheLast() {
    home.clock(Home.TABLET, 900);
    home.image(Home.TABLET, 300, "cup", "white");
    String image = home.image(Home.PHONE, 30, "park", "green");
    Decision decision = say(Home.PHONE, "print the last photo");
    assertGiven(decision, Intent.PRINT, image, "printer-1");
    assertThat(decision.explanation().skewMillis()).containsOnlyKeys("tablet-1");
  }

  @Test
  void pictures_ofTwoDevicesAtOnce_areAskedFor() {
    String tablet = home.image(Home.TABLET, 30, "cup", "red");
    String phone = home.image(Home.PHONE, 31, "park", "green");
    Decision decision = say(Home.PHONE, "delete the picture I just took");
    assertThat(decision.status()).isEqualTo(Decision.Status.ASKED);
    assertThat(decision.intent()).isEqualTo(Intent.DELETE);
    assertThat(decision.options())
        .containsExactlyInAnyOrder(Decision.Target.image(tablet), Decision.Target.image(phone));
    assertThat(decision.question()).endsWith("?");
  }

  @Test
  void answer_toAQuestion_completesItsCommand() {
    String tablet = home.image(Home.TABLET, 60, "cup", "red");
    home.image(Home.PHONE, 61, "park", "green");
    said(20, "delete the picture I just took");
    Decision decision = say(Home.PHONE, "the red one");
    assertGiven(decision, Intent.DELETE, tablet, "tablet-1");
    assertThat(decision.answers()).isNotNull();
  }

  @Test
  void question_calledOff_isNoCommand() {
    home.image(Home.PHONE, 61, "park", "green");
    said(20, "send the picture I just took");
    Decision decision = say(Home.PHONE, "never mind");
    assertThat(decision.status()).isEqualTo(Decision.Status.NONE);
    assertThat(decision.answers()).isNotNull();
  }

  @Test
  void it_afterACommand_isThePictureOfThatCommand() {
    String image = home.image(Home.PHONE, 300, "park", "green");
    said(90, "favorite the picture of the park");
    home.image(Home.TABLET, 40, "cup", "red");
    Decision decision = say(Home.PHONE, "send it to mom");
    assertGiven(decision, Intent.SEND_TO, image, "phone-1");
    assertThat(decision.arguments()).containsEntry("recipient", "mom");
  }

  @Test
  void color_ofTheLight_isTheSalientOneOfThePicture() {
    String image = home.image(Home.PHONE, 30, "flower", "purple");
    Decision decision =
        say(Home.PHONE, "set the bedroom light to the color of the photo I just took");
    assertGiven(decision, Intent.SET_LIGHT_COLOR, image, "light-2");
    assertThat(decision.arguments()).containsEntry("color", "#8020a0");
  }

  @Test
  void talk_aboutPictures_isNoCommand() {
    home.image(Home.PHONE, 30, "flower", "purple");
    for (String text :
        List.of(
            "don't delete the photo i just took",
            "did you print the last picture",
            "what's the weather like",
            "should i send this to mom")) {
      assertThat(say(Home.PHONE, text).status()).as(text).isEqualTo(Decision.Status.NONE);
    }
  }

  @Test
  void transcript_misheard_isReadByItsAlternative() {
    String image = home.image(Home.PHONE, 30, "flower", "purple");
    FusionEvent said =
        home.hear(
            Home.PHONE,
            0,
            0.5,
            "rent the photo eye just took",
            List.of(new Content.Alternative("print the photo i just took", 0.48)));
    Decision decision = home.decide(RESOLVER, said, EventTimeResolverTest::embed);
    assertGiven(decision, Intent.PRINT, image, "printer-1");
  }

  @Test
  void content_inOtherWords_isFoundByMeaning() {
    String image = home.image(Home.PHONE, 3000, "dog", "brown");
    home.image(Home.PHONE, 30, "bridge", "gray");
    assertGiven(
        say(Home.PHONE, "print the picture of the puppy"), Intent.PRINT, image, "printer-1");
  }

  @Test
  void content_ofAPictureThatNobodyDescribed_isFoundBySight() {
    float[] dog = {1, 0, 0};
    float[] bridge = {0, 1, 0};
    String image = seen(3000, dog);
    seen(30, bridge);
    FusionEvent said = home.say(Home.PHONE, 0, "print the picture of the dog");
    assertThat(RESOLVER.wants(home.situation(said))).contains("pictured: dog");
    Situation situation =
        home.situation(said, Map.of("pictured: dog", new float[] {0.4f, 0.1f, 0.9f}));
    assertGiven(RESOLVER.decide(situation), Intent.PRINT, image, "printer-1");
  }

  private String seen(double secondsAgo, float[] vector) {
    String id = "seen-" + secondsAgo;
    home.at(
        Home.PHONE,
        secondsAgo,
        new Content.Image(id, "", "", List.of(), Content.Exif.NONE, null, vector));
    return id;
  }

  @Test
  void photoTakenOnTheTablet_tabletTookNone_isShownThere() {
    String image = home.image(Home.PHONE, 30, "park", "green");
    assertGiven(
        say(Home.PHONE, "show me the photo i just took on the tablet"),
        Intent.SHOW_ON,
        image,
        "tablet-1");
  }

  @Test
  void photoFromTheTablet_tabletTookNone_isAskedAbout() {
    home.image(Home.PHONE, 30, "park", "green");
    assertThat(say(Home.PHONE, "show me the photo from the tablet").status())
        .isEqualTo(Decision.Status.ASKED);
  }

  @Test
  void objection_afterACommand_meansTheOtherOne() {
    String other = home.image(Home.PHONE, 200, "park", "green");
    home.image(Home.PHONE, 60, "cup", "red");
    said(20, "print the last photo");
    assertGiven(say(Home.PHONE, "no, the other one"), Intent.PRINT, other, "printer-1");
  }

  @Test
  void device_namedAfterACommand_getsTheSamePicture() {
    String image = home.image(Home.PHONE, 200, "park", "green");
    said(20, "show the picture of the park on the living room tv");
    home.image(Home.TABLET, 10, "cup", "red");
    assertGiven(say(Home.PHONE, "now on the bedroom tv"), Intent.SHOW_ON, image, "tv-2");
  }

  @Test
  void stop_withoutADevice_stopsWhatWasStartedLast() {
    said(600, "play jazz on the kitchen speaker");
    Decision decision = say(Home.PHONE, "stop");
    assertThat(decision.status()).isEqualTo(Decision.Status.RESOLVED);
    assertThat(decision.device()).isEqualTo("speaker-1");
  }

  @Test
  void ban_followedByACommand_isThatCommand() {
    String image = home.image(Home.PHONE, 30, "park", "green");
    assertGiven(
        say(Home.PHONE, "don't delete it, just print it"), Intent.PRINT, image, "printer-1");
  }

  @Test
  void picture_lookedAt_isThisOne() {
    String image = home.image(Home.TABLET, 90_000, "park", "green");
    home.view(Home.PHONE, 30, image);
    home.image(Home.TABLET, 10, "cup", "red");
    assertGiven(say(Home.PHONE, "print this"), Intent.PRINT, image, "printer-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "print what's on the screen right now",
        "print the picture i have open",
        "print the photo that is up right now",
        "print the picture in front of me",
        "print the one i'm staring at",
        "print the current picture",
        "print what i'm seeing here",
        "print the picture showing right now",
        "print this picture here",
        "print what is being displayed"
      })
  void picture_calledByBeingSeen_isTheOneLookedAt(String text) {
    String image = home.image(Home.TABLET, 90_000, "park", "green");
    home.image(Home.TABLET, 300, "cup", "red");
    home.view(Home.PHONE, 20, image);
    assertGiven(say(Home.PHONE, text), Intent.PRINT, image, "printer-1");
  }

  @Test
  void it_hoursAfterAnythingWasSpokenOf_isAskedFor() {
    home.image(Home.PHONE, 7_000, "park", "green");
    said(10_000, "print the last photo");
    assertThat(say(Home.PHONE, "print it").status()).isEqualTo(Decision.Status.ASKED);
  }

  @Test
  void twoPictures_ofOneThing_areAskedForHoweverFarApart() {
    home.image(Home.PHONE, 60, "bicycle", "green");
    home.image(Home.PHONE, 80_000, "bicycle", "red");
    Decision decision = say(Home.PHONE, "print the picture of the bicycle");
    assertThat(decision.status()).isEqualTo(Decision.Status.ASKED);
  }

  @Test
  void stop_ofMusic_stopsWhatPlaysAndNotWhatShows() {
    home.image(Home.PHONE, 900, "park", "green");
    said(600, "play jazz on the kitchen speaker");
    said(300, "show the last photo on the bedroom tv");
    assertThat(say(Home.PHONE, "stop the music").device()).isEqualTo("speaker-1");
  }

  @Test
  void pictures_ofTwoDevicesSecondsApart_areToldApartByClocks() {
    home.clock(Home.TABLET, -4_000);
    String image = home.image(Home.TABLET, 20, "cup", "red");
    home.image(Home.PHONE, 26, "park", "green");
    assertGiven(say(Home.PHONE, "print the last photo"), Intent.PRINT, image, "printer-1");
  }

  @Test
  void screen_inTheRoomThatWasEntered_isTheOneMeant() {
    String image = home.image(Home.PHONE, 30, "park", "green");
    home.enter(120, "bedroom");
    assertGiven(say(Home.PHONE, "show the last photo on the tv"), Intent.SHOW_ON, image, "tv-2");
  }

  @Test
  void camera_timeWithinReason_isWhenThePictureWasTaken() {
    Content.Exif morning = new Content.Exif(Home.NOW.minusSeconds(6 * 3600), "", "");
    String id = "img-synced";
    home.at(Home.PHONE, 60, new Content.Image(id, "", "", List.of("park"), morning, null, null));
    home.image(Home.PHONE, 300, "cup", "red");
    assertGiven(
        say(Home.PHONE, "print the photo from this morning"), Intent.PRINT, id, "printer-1");
  }

  @Test
  void camera_rightOnADeviceWhoseClockIsAhead_isBelieved() {
    home.clock(Home.TABLET, 3_600);
    Content.Exif right = new Content.Exif(Home.NOW.minusSeconds(60), "", "");
    String id = "img-right";
    home.at(Home.TABLET, 60, new Content.Image(id, "", "", List.of("park"), right, null, null));
    home.image(Home.PHONE, 300, "cup", "red");
    assertGiven(say(Home.PHONE, "print the last photo"), Intent.PRINT, id, "printer-1");
  }

  @Test
  void utterance_ofNothing_isNoCommand() {
    assertThat(say(Home.PHONE, " ... ").status()).isEqualTo(Decision.Status.NONE);
  }

  @Test
  void command_withoutPicturesAndDevices_isAskedRatherThanFailing() {
    home.devices().clear();
    assertThat(say(Home.PHONE, "show the photo i just took on the tv").status())
        .isEqualTo(Decision.Status.ASKED);
  }

  @Test
  void words_atRandom_areDecidedWithoutFailing() {
    Random random = new Random(4);
    List<String> words = new ArrayList<>();
    for (Sentences.Sentence sentence : Sentences.read("unseen.txt")) {
      words.addAll(List.of(sentence.text().split(" ", -1)));
    }
    words.addAll(
        List.of("%", "''", "'s", "3", "99999999999999", "\ud83d\ude00", "a", "ago", "o'clock"));
    home.image(Home.PHONE, 30, "flower", "purple");
    home.image(Home.TABLET, 3000, "dog", "brown", Double.NaN, Double.POSITIVE_INFINITY, true);
    for (int i = 0; i < 2_000; i++) {
      List<String> said = new ArrayList<>();
      for (int word = random.nextInt(12); word >= 0; word--) {
        said.add(words.get(random.nextInt(words.size())));
      }
      FusionEvent event = home.say(Home.PHONE, 0, String.join(" ", said));
      Decision decision = RESOLVER.decide(home.situation(event));
      assertThat(RESOLVER.wants(home.situation(event))).isNotNull();
      assertThat(decision.confidence()).as(said.toString()).isBetween(0.0, 1.0);
      assertThat(DecisionJson.text(decision)).startsWith("{").endsWith("}");
      home.events().remove(event);
    }
  }

  @Test
  void events_inAnyOrderAndTwice_giveTheSameBytes() {
    Random random = new Random(99);
    for (DevScenarios.Case one : new DevScenarios(21).make(4)) {
      Map<String, float[]> vectors = new HashMap<>();
      for (String text : RESOLVER.wants(one.home().situation(one.utterance()))) {
        vectors.put(text, embed(text));
      }
      byte[] expected =
          DecisionJson.bytes(RESOLVER.decide(one.home().situation(one.utterance(), vectors)));
      for (int order = 0; order < 5; order++) {
        List<FusionEvent> events = new ArrayList<>(one.home().events());
        events.addAll(one.home().events().subList(0, random.nextInt(events.size())));
        Collections.shuffle(events, random);
        Situation situation =
            new Situation(
                one.utterance(), events, one.home().devices(), Home.ZONE, Home.LATENESS, vectors);
        assertThat(RESOLVER.wants(situation))
            .isEqualTo(RESOLVER.wants(one.home().situation(one.utterance())));
        assertThat(DecisionJson.bytes(RESOLVER.decide(situation)))
            .as(one.text())
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void events_afterTheUtterance_changeNothing() {
    home.image(Home.PHONE, 20, "park", "green");
    FusionEvent said = home.say(Home.PHONE, 0, "print the last photo");
    byte[] before = DecisionJson.bytes(RESOLVER.decide(home.situation(said)));
    home.image(Home.PHONE, -30, "cup", "red");
    home.image(Home.TABLET, -5, "cup", "red");
    home.say(Home.PHONE, -40, "delete it");
    home.enter(-50, "bedroom");
    assertThat(DecisionJson.bytes(RESOLVER.decide(home.situation(said)))).isEqualTo(before);
  }

  @Test
  void event_thatCameLate_changesWhatItWouldHaveChanged() {
    home.image(Home.PHONE, 200, "park", "green");
    FusionEvent said = home.say(Home.PHONE, 0, "print the last photo");
    String late = home.image(Home.PHONE, 20, "cup", "red");
    Decision decision = RESOLVER.decide(home.situation(said));
    assertThat(decision.target()).isEqualTo(Decision.Target.image(late));
  }
}
