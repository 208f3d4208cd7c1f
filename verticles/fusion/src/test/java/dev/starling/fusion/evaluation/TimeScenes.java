package dev.starling.fusion.evaluation;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.starling.fusion.core.Device;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Pictures that are told apart by when they were taken. */
final class TimeScenes {

  /**
   * A part of a day.
   *
   * @param unlike others of which pictures could be meant as well
   */
  private record Window(int daysAgo, int from, int to, Set<String> unlike) {}

  private static final Map<String, Window> WINDOWS =
      Map.ofEntries(
          Map.entry("this-morning", new Window(0, 7 * 60 + 30, 9 * 60 + 45, Set.of())),
          Map.entry("at-noon", new Window(0, 12 * 60, 12 * 60 + 15, Set.of("this-afternoon"))),
          Map.entry("this-afternoon", new Window(0, 14 * 60, 15 * 60 + 30, Set.of("at-noon"))),
          Map.entry("last-night", new Window(1, 21 * 60 + 30, 23 * 60, Set.of("yesterday"))),
          Map.entry("yesterday-morning", new Window(1, 8 * 60, 9 * 60 + 45, Set.of("yesterday"))),
          Map.entry(
              "yesterday-afternoon", new Window(1, 14 * 60, 15 * 60 + 30, Set.of("yesterday"))),
          Map.entry(
              "yesterday",
              new Window(
                  1,
                  10 * 60,
                  18 * 60,
                  Set.of("last-night", "yesterday-morning", "yesterday-afternoon"))),
          Map.entry("two-days-ago", new Window(2, 10 * 60, 18 * 60, Set.of())),
          Map.entry("three-days-ago", new Window(3, 10 * 60, 18 * 60, Set.of())),
          Map.entry("five-days-ago", new Window(5, 10 * 60, 18 * 60, Set.of())));
  private static final List<String> PARTS =
      List.of(
          "this-morning",
          "at-noon",
          "this-afternoon",
          "last-night",
          "yesterday-morning",
          "yesterday-afternoon");
  private static final List<String> DAYS =
      List.of("yesterday", "two-days-ago", "three-days-ago", "weekday");

  /** How long ago, how exactly, and when others were taken. */
  private record Age(Duration about, Duration within, List<Duration> others) {}

  private static final Map<String, Age> AGES =
      Map.of(
          "hour-ago", new Age(ofMinutes(60), ofMinutes(4), List.of(ofMinutes(5), ofHours(4))),
          "two-hours-ago", new Age(ofMinutes(120), ofMinutes(7), List.of(ofMinutes(9), ofHours(6))),
          "half-hour-ago", new Age(ofMinutes(30), ofMinutes(2), List.of(ofMinutes(3), ofHours(2))),
          "ten-minutes-ago",
              new Age(ofMinutes(10), ofMinutes(1), List.of(ofSeconds(30), ofHours(1))));
  private static final List<String> ORDINALS = List.of("first", "second", "third", "fourth");
  private static final List<String> NUMBERS = List.of("one", "two", "three", "four");

  private final References references;

  TimeScenes(References references) {
    this.references = references;
  }

  Reference justTook(Stage stage) {
    older(stage, ofMinutes(25));
    Picture last = stage.taken(camera(stage), stage.ago(moments(stage.draw)));
    return references.to(stage.draw, "just-took", last);
  }

  /** With several takes of one thing, seconds apart. */
  Reference lastTake(Stage stage) {
    older(stage, ofMinutes(25));
    Picture last = stage.picture(camera(stage), stage.ago(moments(stage.draw)));
    for (int i = 1; i <= 2; i++) {
      stage.taken(last.by(), last.at().minusSeconds(11L * i), last.subject());
    }
    stage.taken(last);
    return references.to(stage.draw, "just-took", last);
  }

  Reference beforeLast(Stage stage) {
    older(stage, ofHours(1));
    Draw draw = stage.draw;
    Picture before =
        stage.taken(camera(stage), stage.ago(draw.between(ofMinutes(6), ofMinutes(12))));
    stage.taken(camera(stage), stage.ago(moments(draw)));
    return references.to(draw, "before-last", before);
  }

  Reference partOfDay(Stage stage) {
    String part = stage.draw.of(PARTS);
    return references.to(stage.draw, part, inWindow(stage, part));
  }

  Reference day(Stage stage) {
    String day = stage.draw.of(DAYS);
    if (!day.equals("weekday")) {
      return references.to(stage.draw, day, inWindow(stage, day));
    }
    String wording = references.any(stage.draw, day);
    Picture picture = inWindow(stage, "five-days-ago");
    return new Reference(
        wording.replace("{weekday}", weekday(stage, picture.at())), wording, picture);
  }

  /** Two of a day, of which one is called by the day alone. */
  Reference dayWithTwo(Stage stage) {
    Draw draw = stage.draw;
    Window window = WINDOWS.get("yesterday");
    stage.taken(camera(stage), within(stage, window));
    stage.taken(camera(stage), within(stage, window));
    stage.taken(camera(stage), stage.ago(draw.between(ofMinutes(3), ofMinutes(30))));
    String words = references.any(draw, "yesterday");
    return Reference.unclear(words, words);
  }

  /** None of a part of a day, of which one is called. */
  Reference emptyWindow(Stage stage) {
    Draw draw = stage.draw;
    String part = draw.of(PARTS);
    for (String other : draw.shuffled(List.of("two-days-ago", "three-days-ago", "five-days-ago"))) {
      stage.taken(camera(stage), within(stage, WINDOWS.get(other)));
    }
    String words = references.any(draw, part);
    return Reference.unclear(words, words);
  }

  Reference howLongAgo(Stage stage) {
    Draw draw = stage.draw;
    String tag = draw.of(AGES.keySet().stream().sorted().toList());
    Age age = AGES.get(tag);
    Duration about = draw.between(age.about().minus(age.within()), age.about().plus(age.within()));
    Picture picture = stage.taken(camera(stage), stage.ago(about));
    for (Duration other : age.others()) {
      stage.taken(camera(stage), stage.ago(other));
    }
    stage.taken(camera(stage), within(stage, WINDOWS.get("yesterday")));
    return references.to(draw, tag, picture);
  }

  Reference ordinal(Stage stage) {
    Draw draw = stage.draw;
    String tag =
        draw.of(List.of("ordinal-today", "ordinal-yesterday", "ordinal-burst", "ordinal-burst"));
    int place = draw.between(0, 3);
    Picture meant =
        switch (tag) {
          case "ordinal-today" -> {
            stage.taken(camera(stage), within(stage, WINDOWS.get("yesterday")));
            yield spread(stage, stage.today(8, 0)).get(place);
          }
          case "ordinal-yesterday" -> {
            stage.taken(camera(stage), within(stage, WINDOWS.get("two-days-ago")));
            Picture picture = spread(stage, stage.day(1, 9, 0)).get(place);
            stage.taken(camera(stage), stage.ago(draw.between(ofMinutes(3), ofMinutes(30))));
            yield picture;
          }
          default -> burst(stage).get(place);
        };
    String wording = references.any(draw, tag);
    String words =
        wording.replace("{ordinal}", ORDINALS.get(place)).replace("{number}", NUMBERS.get(place));
    return new Reference(words, wording, meant);
  }

  /** Seconds ago. */
  static Duration moments(Draw draw) {
    return draw.between(ofSeconds(4), ofSeconds(40));
  }

  /** Who takes pictures: the phone, even when something else is spoken to. */
  static Device camera(Stage stage) {
    return stage.home.phone();
  }

  /** Some pictures of the day and the day before, none of them younger. */
  static void older(Stage stage, Duration youngest) {
    Draw draw = stage.draw;
    int count = draw.between(2, 4);
    for (int i = 0; i < count; i++) {
      Device by = draw.chance(0.3) ? stage.home.tablet() : camera(stage);
      stage.taken(by, stage.ago(draw.between(youngest, ofHours(30))));
    }
  }

  private Picture inWindow(Stage stage, String tag) {
    Window window = WINDOWS.get(tag);
    List<String> others = new ArrayList<>();
    for (String other : stage.draw.shuffled(WINDOWS.keySet().stream().sorted().toList())) {
      Window another = WINDOWS.get(other);
      if (!other.equals(tag)
          && !window.unlike().contains(other)
          && !another.unlike().contains(tag)) {
        others.add(other);
      }
    }
    others
        .subList(0, 3)
        .forEach(other -> stage.taken(camera(stage), within(stage, WINDOWS.get(other))));
    return stage.taken(camera(stage), within(stage, window));
  }

  private static Instant within(Stage stage, Window window) {
    int minute = stage.draw.between(window.from(), window.to());
    return stage.day(window.daysAgo(), minute / 60, minute % 60);
  }

  private List<Picture> spread(Stage stage, Instant from) {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Duration after =
          ofHours(2).multipliedBy(i).plus(stage.draw.between(Duration.ZERO, ofHours(1)));
      pictures.add(stage.taken(camera(stage), from.plus(after)));
    }
    return pictures;
  }

  private List<Picture> burst(Stage stage) {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pictures.add(stage.taken(camera(stage), stage.ago(ofSeconds(140 - 35L * i))));
    }
    return pictures;
  }

  private static String weekday(Stage stage, Instant time) {
    DayOfWeek day = time.atZone(stage.zone).getDayOfWeek();
    return day.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }
}
