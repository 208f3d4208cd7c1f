package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Situation;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.TextStyle;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which picture words mean, by keywords; times are taken as devices tell them. Immutable. */
final class KeywordReferences {

  /** What was found; empty when nothing tells which. */
  record Found(Optional<FusionEvent> event, boolean told) {}

  private static final Pattern PRONOUN =
      Pattern.compile("\\b(?:it|that|this|the same)\\b(?! (?:is|was))");
  private static final Pattern OPEN =
      Pattern.compile(
          "\\b(?:looking at|open|viewing|in front of me|on my screen|this photo here)\\b");
  private static final Pattern LATEST =
      Pattern.compile(
          "\\b(?:just|latest|last|newest|most recent|moment ago|seconds? ago|now|this minute)\\b");
  private static final Pattern BEFORE =
      Pattern.compile(
          "\\b(?:before|second to last|penultimate|next to last|last but one|second most recent|second newest|previous|preceding)\\b");
  private static final Pattern AGO =
      Pattern.compile(
          "\\b(an|a|half an|one|two|three|ten|thirty|\\d+) (minutes?|hours?|days?) (?:ago|back)\\b");
  private static final Map<String, Integer> COUNT =
      Map.of("an", 1, "a", 1, "one", 1, "two", 2, "three", 3, "ten", 10, "thirty", 30);
  private static final List<String> ORDINALS = List.of("first", "second", "third", "fourth");
  private static final List<String> NUMBERS =
      List.of("number one", "number two", "number three", "number four");
  private static final Map<String, String> COLORS =
      Map.ofEntries(
          Map.entry("red", "red"),
          Map.entry("orange", "orange"),
          Map.entry("yellow", "yellow"),
          Map.entry("green", "green"),
          Map.entry("blue", "blue"),
          Map.entry("purple", "purple"),
          Map.entry("violet", "purple"),
          Map.entry("turquoise", "cyan"),
          Map.entry("cyan", "cyan"),
          Map.entry("pink", "pink"),
          Map.entry("brown", "brown"));
  private static final Set<String> STOP_WORDS =
      Set.of(
          "the", "a", "an", "of", "with", "in", "on", "at", "my", "and", "to", "from", "picture",
          "photo", "image", "text", "table", "one", "shot", "over", "by", "under", "for", "his",
          "her", "old", "out");

  private final Situation situation;
  private final List<FusionEvent> images;

  KeywordReferences(Situation situation) {
    this.situation = situation;
    images =
        situation.events().stream()
            .distinct()
            .filter(event -> event.content() instanceof Image)
            .filter(event -> !event.time().isAfter(situation.utterance().time()))
            .sorted(Comparator.comparing(FusionEvent::time).thenComparing(FusionEvent::key))
            .toList();
  }

  Optional<FusionEvent> latest() {
    return images.isEmpty() ? Optional.empty() : Optional.of(images.get(images.size() - 1));
  }

  Optional<FusionEvent> image(String id) {
    return images.stream().filter(event -> content(event).imageId().equals(id)).findFirst();
  }

  /**
   * @param spokenOf the picture of the command before; null when there is none
   */
  Found find(String text, Optional<FusionEvent> spokenOf) {
    String words = KeywordIntents.bare(text);
    List<FusionEvent> rest = images;
    boolean told = false;
    for (Optional<Predicate<FusionEvent>> filter :
        List.of(day(words), age(words), kind(words), color(words), source(words), subject(words))) {
      if (filter.isPresent()) {
        rest = rest.stream().filter(filter.get()).toList();
        told = true;
      }
    }
    if (rest.isEmpty()) {
      return new Found(Optional.empty(), true);
    }
    if (BEFORE.matcher(words).find()) {
      int reference = spokenOf.map(images::indexOf).orElse(images.size() - 1);
      return new Found(
          reference > 0 ? Optional.of(images.get(reference - 1)) : Optional.empty(), true);
    }
    String placed = words.replaceAll("seconds? ago", "just now");
    for (int i = 0; i < ORDINALS.size(); i++) {
      if (placed.contains(ORDINALS.get(i)) || placed.contains(NUMBERS.get(i))) {
        return new Found(i < rest.size() ? Optional.of(rest.get(i)) : Optional.empty(), true);
      }
    }
    if (OPEN.matcher(words).find() && open().isPresent()) {
      return new Found(open(), true);
    }
    if (LATEST.matcher(words).find()) {
      return new Found(Optional.of(rest.get(rest.size() - 1)), true);
    }
    if (told) {
      return new Found(rest.size() == 1 ? Optional.of(rest.get(0)) : Optional.empty(), true);
    }
    if (PRONOUN.matcher(words).find()) {
      return new Found(spokenOf.or(this::latest), true);
    }
    return new Found(latest(), false);
  }

  /** What a device was last seen to show, for a minute. */
  private Optional<FusionEvent> open() {
    return situation.events().stream()
        .filter(
            event ->
                event.content() instanceof Behaviour done && done.action().equals("image_viewed"))
        .filter(event -> event.time().isAfter(situation.utterance().time().minusSeconds(60)))
        .max(Comparator.comparing(FusionEvent::time).thenComparing(FusionEvent::key))
        .flatMap(event -> image(((Behaviour) event.content()).attributes().get("image_id")));
  }

  private Optional<Predicate<FusionEvent>> day(String words) {
    LocalDate today = dateOf(situation.utterance());
    if (words.contains("day before yesterday")) {
      return Optional.of(event -> dateOf(event).equals(today.minusDays(2)));
    }
    if (words.contains("last night") || words.contains("yesterday evening")) {
      return Optional.of(event -> dateOf(event).equals(today.minusDays(1)) && hour(event) >= 18);
    }
    for (DayOfWeek day : DayOfWeek.values()) {
      String name = day.getDisplayName(TextStyle.FULL, Locale.ENGLISH).toLowerCase(Locale.ROOT);
      if (words.contains(name)) {
        return Optional.of(event -> dateOf(event).getDayOfWeek() == day);
      }
    }
    boolean yesterday = words.contains("yesterday");
    LocalDate date = yesterday ? today.minusDays(1) : today;
    Optional<Predicate<FusionEvent>> part = part(words);
    if (part.isPresent()) {
      return Optional.of(event -> dateOf(event).equals(date) && part.get().test(event));
    }
    if (yesterday || words.contains("today") || words.contains("of the day")) {
      return Optional.of(event -> dateOf(event).equals(date));
    }
    return Optional.empty();
  }

  private Optional<Predicate<FusionEvent>> part(String words) {
    if (words.contains("morning")) {
      return Optional.of(event -> hour(event) >= 4 && hour(event) < 12);
    }
    if (words.contains("noon") && !words.contains("afternoon")
        || words.contains("midday")
        || words.contains("twelve o'clock")) {
      return Optional.of(event -> hour(event) >= 11 && hour(event) < 13);
    }
    if (words.contains("afternoon")) {
      return Optional.of(event -> hour(event) >= 12 && hour(event) < 18);
    }
    return Optional.empty();
  }

  private Optional<Predicate<FusionEvent>> age(String words) {
    Matcher matcher = AGO.matcher(words);
    if (!matcher.find()) {
      return Optional.empty();
    }
    boolean half = matcher.group(1).equals("half an");
    int count = half ? 30 : COUNT.getOrDefault(matcher.group(1), 0);
    if (count == 0) {
      count = Integer.parseInt(matcher.group(1));
    }
    if (matcher.group(2).startsWith("day")) {
      LocalDate date = dateOf(situation.utterance()).minusDays(count);
      return Optional.of(event -> dateOf(event).equals(date));
    }
    boolean minutes = half || matcher.group(2).startsWith("minute");
    Duration about = minutes ? Duration.ofMinutes(count) : Duration.ofHours(count);
    return Optional.of(
        event -> {
          Duration age = Duration.between(event.time(), situation.utterance().time());
          return age.minus(about).abs().compareTo(about.dividedBy(4)) <= 0;
        });
  }

  private static Optional<Predicate<FusionEvent>> kind(String words) {
    if (words.contains("not the screenshot")
        || words.contains("isn't a screenshot")
        || words.contains("camera")) {
      return Optional.of(event -> !screenshot(event));
    }
    if (words.contains("screenshot")
        || words.contains("screen grab")
        || words.contains("screen capture")) {
      return Optional.of(KeywordReferences::screenshot);
    }
    return Optional.empty();
  }

  private static Optional<Predicate<FusionEvent>> color(String words) {
    for (String word : words.split("[ -]", -1)) {
      String color = COLORS.get(word);
      if (color != null) {
        return Optional.of(
            event ->
                content(event).descriptors() != null
                    && !content(event).descriptors().colors().isEmpty()
                    && content(event).descriptors().colors().get(0).name().equals(color));
      }
    }
    return Optional.empty();
  }

  private Optional<Predicate<FusionEvent>> source(String words) {
    for (Device device : situation.devices()) {
      if (device.kind() != Device.Kind.PHONE && device.kind() != Device.Kind.TABLET) {
        continue;
      }
      String name = device.name().toLowerCase(Locale.ROOT);
      String kind = device.kind().name().toLowerCase(Locale.ROOT);
      String called = "(?:my |the )(?:" + Pattern.quote(name) + "|" + kind + ")";
      Pattern of = Pattern.compile("\\b(?:from|with|by|that|one|picture) " + called + "\\b");
      if (of.matcher(words).find()) {
        return Optional.of(event -> event.deviceId().equals(device.id()));
      }
    }
    return Optional.empty();
  }

  /** Pictures that share as many words as any, if any does. */
  private Optional<Predicate<FusionEvent>> subject(String words) {
    Set<String> said = stems(words);
    int most = images.stream().mapToInt(event -> shared(event, said)).max().orElse(0);
    return most == 0 ? Optional.empty() : Optional.of(event -> shared(event, said) == most);
  }

  private static int shared(FusionEvent event, Set<String> said) {
    Image image = content(event);
    Set<String> own = stems(image.caption() + " " + String.join(" ", image.labels()));
    own.retainAll(said);
    return own.size();
  }

  private static Set<String> stems(String words) {
    Set<String> stems = new HashSet<>();
    Stream.of(KeywordIntents.bare(words).split(" ", -1))
        .filter(word -> word.length() > 2 && !STOP_WORDS.contains(word))
        .map(word -> word.endsWith("s") ? word.substring(0, word.length() - 1) : word)
        .forEach(stems::add);
    return stems;
  }

  private static boolean screenshot(FusionEvent event) {
    return content(event).descriptors() != null && content(event).descriptors().screenshot();
  }

  static Image content(FusionEvent event) {
    return (Image) event.content();
  }

  private LocalDate dateOf(FusionEvent event) {
    return event.time().atZone(situation.zone()).toLocalDate();
  }

  private int hour(FusionEvent event) {
    LocalTime time = event.time().atZone(situation.zone()).toLocalTime();
    return time.getHour();
  }
}
