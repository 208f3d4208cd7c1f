package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Decision.Explanation;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.core.Situation;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A baseline: keywords and regular expressions, for pictures, devices and arguments alike. It knows
 * the command before, and takes up a question that it had to ask.
 */
final class KeywordRules implements Resolver {
  private static final Duration MEMORY = Duration.ofMinutes(2);
  private static final Set<String> NEUTRAL = Set.of("black", "white", "gray");

  /** Which picture is meant. */
  enum Pictures {
    BY_KEYWORDS,
    /** Always the latest. */
    MOST_RECENT
  }

  private final Pictures pictures;

  KeywordRules(Pictures pictures) {
    this.pictures = pictures;
  }

  @Override
  public Set<String> wants(Situation situation) {
    return Set.of();
  }

  @Override
  public Decision decide(Situation situation) {
    String text = text(situation.utterance());
    Optional<FusionEvent> before = before(situation);
    if (before.isEmpty()) {
      return decide(situation, text, text, Optional.empty());
    }
    Situation then =
        new Situation(
            before.get(),
            situation.events(),
            situation.devices(),
            situation.zone(),
            situation.lateness(),
            Map.of());
    Decision previous = decide(then, text(before.get()), text(before.get()), Optional.empty());
    if (previous.status() == Status.ASKED
        && KeywordIntents.intent(text) == Intent.NONE
        && isAnswer(text)) {
      return decide(situation, text(before.get()) + " " + text, text, Optional.of(previous));
    }
    return decide(situation, text, text, Optional.of(previous));
  }

  private static boolean isAnswer(String text) {
    return KeywordIntents.bare(text).split(" ", -1).length <= 9
        && KeywordIntents.bare(text)
            .matches(
                ".*\\b(?:one|older|newer|earlier|later|recent|i mean|i meant|to|from|in|the|percent|%|please)\\b.*");
  }

  private Decision decide(
      Situation situation, String text, String last, Optional<Decision> previous) {
    Intent intent = KeywordIntents.intent(text);
    if (intent == Intent.NONE) {
      return decision(situation, Status.NONE, intent, null, "", Map.of());
    }
    Optional<FusionEvent> image = Optional.empty();
    if (Commands.aboutPicture(intent)) {
      image = image(situation, text, last, previous);
      if (image.isEmpty()) {
        return decision(situation, Status.ASKED, intent, null, "", Map.of());
      }
    }
    Map<String, String> arguments = new TreeMap<>();
    boolean complete =
        switch (intent) {
          case SEND_TO -> put(arguments, "recipient", KeywordIntents.recipient(text));
          case DIM -> put(arguments, "level", KeywordIntents.level(text).map(String::valueOf));
          case PLAY -> put(arguments, "query", KeywordIntents.query(text));
          case SET_LIGHT_COLOR -> put(arguments, "color", color(image.orElseThrow()));
          default -> true;
        };
    String device = device(situation, intent, text, image, previous);
    Target target =
        image.map(event -> Target.image(KeywordReferences.content(event).imageId())).orElse(null);
    Status status = complete && !device.isEmpty() ? Status.RESOLVED : Status.ASKED;
    return decision(situation, status, intent, target, device, arguments);
  }

  private static boolean put(Map<String, String> arguments, String name, Optional<String> value) {
    value.ifPresent(text -> arguments.put(name, text));
    return value.isPresent();
  }

  private Optional<FusionEvent> image(
      Situation situation, String text, String last, Optional<Decision> previous) {
    KeywordReferences references = new KeywordReferences(situation);
    if (pictures == Pictures.MOST_RECENT) {
      return references.latest();
    }
    Optional<FusionEvent> spokenOf =
        previous
            .map(Decision::target)
            .filter(target -> target.kind().equals("image"))
            .flatMap(target -> references.image(target.id()));
    return references.find(text.equals(last) ? text : text + " " + newest(last), spokenOf).event();
  }

  /** The newer of two is the last of them. */
  private static String newest(String text) {
    return text.replaceAll("(?i)\\b(?:newer|later|more recent)\\b", "newest")
        .replaceAll("(?i)\\b(?:older|earlier)\\b", "first");
  }

  private static Optional<String> color(FusionEvent image) {
    Image content = KeywordReferences.content(image);
    if (content.descriptors() == null) {
      return Optional.empty();
    }
    return content.descriptors().colors().stream()
        .filter(color -> !NEUTRAL.contains(color.name()))
        .findFirst()
        .map(Color::rgb)
        .map(rgb -> String.format("#%06x", rgb));
  }

  /** Empty when nothing tells which. */
  private static String device(
      Situation situation,
      Intent intent,
      String text,
      Optional<FusionEvent> image,
      Optional<Decision> previous) {
    List<Device> able =
        situation.devices().stream()
            .filter(device -> device.capabilities().contains(intent))
            .toList();
    String speaker = situation.utterance().deviceId();
    switch (intent) {
      case SEND_TO, DELETE, FAVORITE -> {
        return image.map(FusionEvent::deviceId).orElse("");
      }
      case SET_WALLPAPER -> {
        return able.stream()
            .filter(
                device ->
                    KeywordIntents.bare(text)
                            .endsWith("on my " + device.name().toLowerCase(Locale.ROOT))
                        || KeywordIntents.bare(text).endsWith("on my " + kind(device)))
            .map(Device::id)
            .findFirst()
            .orElse(speaker);
      }
      default -> {}
    }
    List<Device> named = named(able, text);
    if (named.size() == 1) {
      return named.get(0).id();
    }
    if (intent == Intent.STOP && named.isEmpty()) {
      return previous.map(Decision::device).orElse("");
    }
    List<Device> rest = named.isEmpty() ? able : named;
    String room =
        situation.devices().stream()
            .filter(device -> device.id().equals(speaker))
            .map(Device::location)
            .findFirst()
            .orElse("");
    List<Device> here =
        rest.stream().filter(device -> !room.isEmpty() && device.location().equals(room)).toList();
    if (here.size() == 1) {
      return here.get(0).id();
    }
    if (rest.size() == 1) {
      return rest.get(0).id();
    }
    return previous
        .map(Decision::device)
        .filter(id -> able.stream().anyMatch(device -> device.id().equals(id)))
        .orElse("");
  }

  /** By name, or else by room, or else by kind. */
  private static List<Device> named(List<Device> able, String text) {
    String words = " " + KeywordIntents.bare(text) + " ";
    List<Device> byName =
        able.stream()
            .filter(device -> words.contains(" " + device.name().toLowerCase(Locale.ROOT) + " "))
            .toList();
    if (!byName.isEmpty()) {
      return byName;
    }
    List<Device> byKind =
        able.stream().filter(device -> words.contains(" " + kind(device) + " ")).toList();
    List<Device> byRoom =
        (byKind.isEmpty() ? able : byKind)
            .stream()
                .filter(
                    device ->
                        !device.location().isEmpty()
                            && words.contains(" " + device.location() + " "))
                .toList();
    return byRoom.isEmpty() ? byKind : byRoom;
  }

  private static String kind(Device device) {
    return device.kind().name().toLowerCase(Locale.ROOT);
  }

  private static Optional<FusionEvent> before(Situation situation) {
    FusionEvent utterance = situation.utterance();
    return situation.events().stream()
        .filter(event -> event.content() instanceof Utterance)
        .filter(event -> event.time().isBefore(utterance.time()))
        .filter(event -> event.time().isAfter(utterance.time().minus(MEMORY)))
        .max(Comparator.comparing(FusionEvent::time).thenComparing(FusionEvent::key));
  }

  private static String text(FusionEvent event) {
    return ((Utterance) event.content()).transcript();
  }

  private static Decision decision(
      Situation situation,
      Status status,
      Intent intent,
      @Nullable Target target,
      String device,
      Map<String, String> arguments) {
    return new Decision(
        situation.utterance().key(),
        status,
        intent,
        target,
        device,
        new TreeMap<>(arguments),
        1,
        status == Status.ASKED ? "Which one?" : "",
        List.of(),
        null,
        new Explanation(new TreeMap<>(), List.of(), new TreeMap<>(), List.of()));
  }
}
