package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.Content.Descriptors;
import dev.starling.fusion.core.Content.Exif;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.Device.Kind;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.evaluation.Values.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens to one user, told in real time; devices write it down by their own clocks. Confined
 * to one thread.
 */
final class Stage {
  static final Duration LATENESS = Duration.ofSeconds(2);
  private static final List<String> ZONES =
      List.of(
          "Europe/Lisbon", "America/Los_Angeles", "Asia/Tokyo", "Africa/Nairobi", "America/Bogota");
  private static final Duration PROMPT = Duration.ofMillis(300);

  final Draw draw;
  final Values values;
  final Home home;
  final Palette palette;
  final ZoneId zone;

  /** When it is said what is to be decided. */
  final Instant now;

  private final Map<String, Duration> ahead = new HashMap<>();
  private final List<FusionEvent> events = new ArrayList<>();
  private Device speaker;

  /**
   * @param palette of the pictures
   */
  Stage(Draw draw, Values values, Palette palette) {
    this.draw = draw;
    this.values = values;
    this.palette = palette;
    home = new Home(draw, values);
    speaker = home.phone();
    zone = ZoneId.of(draw.of(ZONES));
    LocalDate day = LocalDate.of(2026, 6, 1).plusDays(draw.between(0, 60));
    now = day.atTime(17, 0).atZone(zone).toInstant().plusSeconds(draw.between(0, 5400));
  }

  /** Who says what is to be decided: the phone, unless it was said to be another. */
  Device speaker() {
    return speaker;
  }

  void speakTo(Device device) {
    speaker = device;
  }

  /** From now on, its clock shows so much more than the time. */
  void clock(Device device, Duration fast) {
    ahead.put(device.id(), fast);
  }

  Instant ago(Duration duration) {
    return now.minus(duration);
  }

  Instant today(int hour, int minute) {
    return day(0, hour, minute);
  }

  Instant day(int daysAgo, int hour, int minute) {
    return now.atZone(zone)
        .toLocalDate()
        .minusDays(daysAgo)
        .atTime(hour, minute)
        .atZone(zone)
        .toInstant();
  }

  /** A picture that nobody has told of yet. */
  Picture picture(Device by, Instant at, Subject subject) {
    String id = "img_" + draw.id();
    return new Picture(
        id,
        by,
        at,
        subject,
        palette.any(),
        false,
        Duration.ofMillis(draw.between(50, 400)),
        travel());
  }

  Picture picture(Device by, Instant at) {
    return picture(by, at, draw.of(values.labelled()));
  }

  Picture taken(Device by, Instant at) {
    return taken(picture(by, at));
  }

  Picture taken(Device by, Instant at, Subject subject) {
    return taken(picture(by, at, subject));
  }

  Picture taken(Picture picture) {
    Exif exif =
        picture.screenshot()
            ? Exif.NONE
            : new Exif(
                clockOf(picture.by(), picture.at()).truncatedTo(ChronoUnit.SECONDS), "Acme", "A1");
    boolean upright = picture.screenshot() || draw.chance(0.6);
    Descriptors descriptors =
        new Descriptors(
            upright ? 1080 : 4000,
            upright ? 2400 : 3000,
            picture.colors(),
            draw.between(0.2, 0.8),
            draw.between(0.5, 1),
            picture.screenshot());
    Image image =
        new Image(
            picture.id(),
            "https://pictures.example/" + picture.id(),
            picture.subject().caption(),
            picture.subject().labels(),
            exif,
            descriptors,
            null);
    tell(picture.by(), picture.at(), picture.kept(), picture.underway(), image);
    return picture;
  }

  void did(Device by, Instant at, String action, Map<String, String> attributes) {
    tell(by, at, Duration.ZERO, travel(), new Behaviour(action, attributes));
  }

  FusionEvent said(Device by, Instant at, Utterance utterance) {
    return tell(by, at, Duration.ofMillis(draw.between(100, 300)), travel(), utterance);
  }

  /** What devices do all day; it means nothing here, but it tells of their clocks. */
  void routine() {
    for (Device device : List.copyOf(home.devices())) {
      int times = draw.between(3, 4);
      for (int i = 0; i < times; i++) {
        Instant at = ago(draw.between(Duration.ofMinutes(4), Duration.ofHours(7)));
        boolean carried = device.kind() == Kind.PHONE || device.kind() == Kind.TABLET;
        did(
            device,
            at,
            carried ? "app_opened" : "device_touched",
            carried
                ? Map.of("app", draw.of(List.of("calendar", "mail", "maps", "news", "bank")))
                : Map.of());
      }
    }
  }

  /** In the order in which they arrived. */
  List<FusionEvent> events() {
    return events.stream()
        .sorted(Comparator.comparing(FusionEvent::receivedAt).thenComparing(FusionEvent::key))
        .toList();
  }

  private Duration travel() {
    return draw.between(Duration.ofMillis(15), PROMPT);
  }

  private Instant clockOf(Device device, Instant time) {
    return time.plus(ahead.getOrDefault(device.id(), Duration.ZERO));
  }

  private FusionEvent tell(
      Device by, Instant at, Duration kept, Duration underway, Content content) {
    Instant sent = at.plus(kept);
    FusionEvent event =
        new FusionEvent(
            "/devices/" + by.id(),
            draw.id(),
            by.id(),
            clockOf(by, at),
            clockOf(by, sent),
            sent.plus(underway),
            content);
    events.add(event);
    return event;
  }
}
