package dev.starling.fusion.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParseTest {
  private static final DeviceWords DEVICES = new DeviceWords(new Home(1).devices());
  private static final long NOW = Moment.millis(Home.NOW);

  private static Parse parse(String intent, String text) {
    Models models = Models.shipped();
    return Parse.of(
        Intent.of(intent),
        Phrase.of(text, DEVICES, models.slots()),
        new PictureWords(models.pictures(), Map.of(), NOW, Home.ZONE),
        DEVICES,
        NOW,
        Home.ZONE);
  }

  private static String ids(List<DeviceMention> mentions) {
    List<String> ids = new ArrayList<>();
    for (DeviceMention mention : mentions) {
      for (Device device : mention.devices()) {
        ids.add(device.id());
      }
    }
    return String.join(" ", new TreeSet<>(ids));
  }

  @ParameterizedTest
  @CsvSource({
    "show_on, show the picture on my phone on the living room tv, tv-1, phone-1",
    "show_on, show it on the tv in the bedroom, tv-2, ''",
    "show_on, put it on the tv, tv-1 tv-2, ''",
    "show_on, put it on the picture frame, frame-1, ''",
    "show_on, show my tablet's last photo on the bedroom television, tv-2, tablet-1",
    "show_on, show the tablet photo on the frame in the hall, frame-1, tablet-1",
    "set_wallpaper, set the photo on my tablet as wallpaper, '', tablet-1",
    "set_wallpaper, set the last photo as wallpaper on my tablet, tablet-1, ''",
    "set_wallpaper, make it the tablet's wallpaper, tablet-1, ''",
    "set_wallpaper, use the picture from my tablet as background, '', tablet-1",
    "set_wallpaper, make my tablet's wallpaper the photo on my phone, tablet-1, phone-1",
    "set_wallpaper, use the one on the tablet on my phone, phone-1, tablet-1",
    "show_on, cast the photo i just took on the bedroom tv, tv-2, ''",
    "delete, delete the one i took on my phone, '', phone-1",
    "delete, delete the last one on my phone, '', phone-1",
    "delete, delete the picture i took with the tablet, '', tablet-1",
    "print, print the one on the tablet on the printer, printer-1, tablet-1",
    "print, print the photo of the lamp, '', ''",
    "set_light_color, make the bedroom light match the photo from my tablet, light-2, tablet-1",
    "set_light_color, give the living room lamp the color of the last photo, light-1, ''",
    "dim, dim the light in the bedroom to half, light-2, ''",
    "play, play jazz on the kitchen speaker, speaker-1, ''",
    "favorite, heart the light one, '', ''"
  })
  void devices_byPlaceInTheSentence_areWhereOrFromWhere(
      String intent, String text, String targets, String sources) {
    Parse parse = parse(intent, text);
    assertThat(ids(parse.targets())).isEqualTo(targets);
    assertThat(ids(parse.sources())).isEqualTo(sources);
  }

  @ParameterizedTest
  @CsvSource({
    "print, print the receipt, receipt",
    "print, print the photo of the black dog, dog",
    "print, print the dog picture, dog",
    "print, print the one with the birthday cake please, birthday cake",
    "send_to, send anna the picture of the beach, beach",
    "send_to, send the beach picture to anna, beach",
    "show_on, show the photo with the red car on the living room tv, car",
    "set_wallpaper, set the photo i just took as my wallpaper, ''",
    "delete, delete the last picture from my tablet, ''",
    "delete, get rid of the blurry one, ''",
    "print, slap it on paper, ''",
    "favorite, add the photo from this morning to my favorites, ''",
    "print, print the photo from the party, party"
  })
  void content_ofThePicture_isWhatIsShown(String intent, String text, String content) {
    assertThat(String.join(" ", parse(intent, text).reference().content())).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource({
    "the photo i just took, true, true, 0",
    "the last one, false, true, 0",
    "the latest picture, false, true, 0",
    "the one before, false, false, 1",
    "the one before the last one, false, true, 1",
    "the second to last photo, false, true, 1",
    "the picture before that, false, false, 1",
    "the photo from this morning, false, false, 0"
  })
  void time_relativeToOthers_isFound(String text, boolean just, boolean latest, int before) {
    When when = parse("print", "print " + text).reference().when();
    assertThat(when.justNow()).isEqualTo(just);
    assertThat(when.latest()).isEqualTo(latest);
    assertThat(when.before()).isEqualTo(before);
  }

  /** Now is Wednesday, 2026-05-20, 15:40 in Berlin. */
  @ParameterizedTest
  @CsvSource({
    "the photo from this morning, 2026-05-20T08:00:00Z, 2026-05-20T12:30:00Z",
    "yesterday's photo, 2026-05-19T10:00:00Z, 2026-05-20T08:00:00Z",
    "the photo from yesterday evening, 2026-05-19T18:00:00Z, 2026-05-19T10:00:00Z",
    "the photo from lunch, 2026-05-20T10:30:00Z, 2026-05-20T07:00:00Z",
    "the photo from last night, 2026-05-19T21:00:00Z, 2026-05-20T10:00:00Z",
    "the photo from half an hour ago, 2026-05-20T13:11:00Z, 2026-05-20T13:35:00Z",
    "the photo from two hours ago, 2026-05-20T11:35:00Z, 2026-05-20T13:20:00Z",
    "the photo from monday, 2026-05-18T10:00:00Z, 2026-05-19T10:00:00Z",
    "the photo from the day before yesterday, 2026-05-18T10:00:00Z, 2026-05-19T10:00:00Z",
    "the photo from the weekend, 2026-05-16T10:00:00Z, 2026-05-18T10:00:00Z",
    "the photo from last week, 2026-05-13T10:00:00Z, 2026-05-19T10:00:00Z"
  })
  void time_ofDayOrAgo_isAnInterval(String text, String within, String outside) {
    When.Interval interval = parse("print", "print " + text).reference().when().interval();
    assertThat(interval).isNotNull();
    assertThat(interval.outside(Instant.parse(within).toEpochMilli())).isZero();
    assertThat(interval.outside(Instant.parse(outside).toEpochMilli())).isPositive();
  }
}
