package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the words of a command say, before anything is known of pictures. Immutable.
 *
 * @param intent what is to be done
 * @param targets devices and rooms where it is to be done
 * @param sources devices that the picture is from
 * @param here whether it is to be done where the user is
 * @param everywhere whether it is to be done on several devices
 * @param recipient empty when none is named
 * @param level {@link Levels#UNSAID} when none is said
 * @param query empty when none is said
 * @param stops what is to end, playing or showing; null when that is not said
 */
record Parse(
    Intent intent,
    List<DeviceMention> targets,
    List<DeviceMention> sources,
    boolean here,
    boolean everywhere,
    String recipient,
    int level,
    String query,
    @Nullable Intent stops,
    Reference reference) {
  private static final Set<String> SCREEN_KINDS =
      Set.of("tv", "screen", "frame", "tablet", "phone", "device");

  Parse {
    targets = List.copyOf(targets);
    sources = List.copyOf(sources);
  }

  /**
   * Reads a text as a command.
   *
   * @param intent that the words were recognised as
   */
  static Parse of(
      Intent intent,
      Phrase phrase,
      PictureWords pictures,
      DeviceWords devices,
      long nowMillis,
      ZoneId zone) {
    List<String> words = phrase.words();
    boolean[] used = new boolean[words.size()];
    List<DeviceMention> mentions = new ArrayList<>(phrase.mentions());
    if (intent == Intent.PLAY) {
      mentions.removeIf(mention -> mention.preposition().isEmpty() && mention.from() > 3);
    }
    if (Draft.needsPicture(intent)) {
      mentions.removeIf(mention -> Viewing.isOwnScreen(words, mention));
      mentions.removeIf(mention -> pictures.isBeside(phrase, mention));
    }
    if (intent == Intent.SET_WALLPAPER) {
      // "every time i unlock my screen" says nothing of which.
      mentions.removeIf(
          mention ->
              mention.kind().equals("screen")
                  && mention.devices().stream()
                      .noneMatch(each -> DeviceChoice.isCapable(each, intent)));
    }
    for (DeviceMention mention : mentions) {
      mark(used, mention.from(), mention.to());
    }
    String recipient = intent == Intent.SEND_TO ? People.recipient(phrase) : "";
    Intent meant = intent;
    if (intent == Intent.SEND_TO) {
      meant = recipient.isEmpty() ? toDevice(mentions) : intent;
      for (Span person : phrase.spans(Slot.PERSON)) {
        mark(used, person.from(), person.to());
      }
    } else if (intent == Intent.SHOW_ON) {
      meant = toPrinter(mentions) ? Intent.PRINT : intent;
    }
    List<DeviceMention> sources = new ArrayList<>();
    List<DeviceMention> targets = new ArrayList<>();
    roles(meant, mentions, phrase, sources, targets);
    boolean here = here(words);
    PictureWords.Said said =
        Draft.needsPicture(meant) ? pictures.of(phrase, used) : PictureWords.Said.of(words, used);
    Reference reference = said.reference(nowMillis, zone);
    return new Parse(
        meant,
        targets,
        sources,
        here,
        words.contains("both") && !targets.isEmpty(),
        recipient,
        intent == Intent.DIM ? Levels.find(words) : Levels.UNSAID,
        intent == Intent.PLAY ? query(phrase) : "",
        intent == Intent.STOP ? stops(words) : null,
        reference);
  }

  /** What says nothing of what is played. */
  private static final Set<String> UNSAID = Set.of("some", "any", "me", "us", "please");

  /** What to hear; empty when that is not said. */
  private static String query(Phrase phrase) {
    List<Span> sounds = phrase.spans(Slot.SOUND);
    List<String> words = sounds.isEmpty() ? List.of() : phrase.words(sounds.get(0));
    while (!words.isEmpty() && UNSAID.contains(words.get(0))) {
      words = words.subList(1, words.size());
    }
    return words.isEmpty() ? "" : Spelling.of(phrase.text(), words);
  }

  private static final Set<String> HEARD =
      Set.of(
          "music",
          "song",
          "songs",
          "sound",
          "audio",
          "track",
          "tune",
          "tunes",
          "playlist",
          "album",
          "podcast",
          "radio",
          "noise",
          "band",
          "singing",
          "playing",
          "playback",
          "racket",
          "play",
          "concert",
          "audiobook",
          "speaker",
          "speakers",
          "listening");

  private static final Set<String> SEEN =
      Set.of(
          "picture",
          "photo",
          "image",
          "showing",
          "slideshow",
          "display",
          "displaying",
          "screen",
          "pictures",
          "photos",
          "show",
          "pic",
          "slides",
          "casting",
          "cast",
          "mirroring");

  private static @Nullable Intent stops(List<String> words) {
    boolean heard = words.stream().anyMatch(HEARD::contains);
    boolean seen = words.stream().anyMatch(SEEN::contains);
    return heard == seen ? null : heard ? Intent.PLAY : Intent.SHOW_ON;
  }

  private static void mark(boolean[] used, int from, int to) {
    for (int i = Math.max(0, from); i < Math.min(to, used.length); i++) {
      used[i] = true;
    }
  }

  /** What is sent to a screen is shown, and what is sent to a printer is printed. */
  private static Intent toDevice(List<DeviceMention> mentions) {
    for (DeviceMention mention : mentions) {
      boolean to =
          mention.preposition().equals("to")
              || mention.preposition().equals("onto")
              || mention.preposition().equals("on")
              || mention.preposition().equals("over");
      if (to && !mention.isSource() && mention.kind().equals("printer")) {
        return Intent.PRINT;
      }
      if (to && !mention.isSource() && SCREEN_KINDS.contains(mention.kind())) {
        return mention.preposition().equals("on") && mention.afterImage()
            ? Intent.SEND_TO
            : Intent.SHOW_ON;
      }
    }
    return Intent.SEND_TO;
  }

  private static boolean toPrinter(List<DeviceMention> mentions) {
    return mentions.size() == 1
        && mentions.get(0).kind().equals("printer")
        && !mentions.get(0).isSource();
  }

  private static boolean here(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      boolean room =
          words.get(i).equals("this") && i + 1 < words.size() && words.get(i + 1).equals("room");
      if (words.get(i).equals("here") || room) {
        return true;
      }
    }
    return false;
  }

  private static final Set<String> SCREENS = Set.of("tv", "frame", "screen");

  /** No picture is from one of these: "that is what i want from the lamp". */
  private static final Set<String> NO_CAMERAS = Set.of("printer", "light", "speaker");

  private static void roles(
      Intent intent,
      List<DeviceMention> mentions,
      Phrase phrase,
      List<DeviceMention> sources,
      List<DeviceMention> targets) {
    List<String> words = phrase.words();
    boolean pictured = !phrase.spans(Slot.PICTURE).isEmpty();
    int open = 0;
    for (DeviceMention mention : mentions) {
      boolean told = mention.isSource() || tells(words, mention);
      open += told || mention.isRoomOnly() ? 0 : 1;
    }
    int seen = 0;
    for (DeviceMention mention : mentions) {
      if (mention.isRoomOnly()) {
        targets.add(mention);
        continue;
      }
      if (NO_CAMERAS.contains(mention.kind())) {
        targets.add(mention);
        continue;
      }
      if (pictured && phrase.isInPicture(mention)) {
        sources.add(mention);
        continue;
      }
      if (pictured && SCREENS.contains(mention.kind()) && intent != Intent.SEND_TO) {
        // "whatever the tv is showing, swap it for that"; "i bought a frame for it, so print it"
        if (intent == Intent.SHOW_ON || mention.isSource()) {
          (intent == Intent.SHOW_ON ? targets : sources).add(mention);
        }
        seen++;
        continue;
      }
      if (mention.isSource() || Draft.needsPicture(intent) && tells(words, mention)) {
        sources.add(mention);
        continue;
      }
      seen++;
      boolean source =
          switch (intent) {
            case SEND_TO, DELETE, FAVORITE -> true;
            case PRINT -> !mention.kind().equals("printer");
            case SET_LIGHT_COLOR -> !mention.kind().equals("light") && !isBulb(mention);
            case SHOW_ON -> !pictured && mention.afterImage() && seen < open;
            case SET_WALLPAPER -> !pictured && mention.afterImage() && !isPointed(words, mention);
            default -> false;
          };
      (source ? sources : targets).add(mention);
    }
  }

  private static final Set<String> DOES =
      Set.of(
          "took",
          "shot",
          "snapped",
          "captured",
          "made",
          "shows",
          "showing",
          "displays",
          "displaying",
          "got",
          "recorded",
          "saw",
          "received",
          "shown");

  /** "what the tv is showing", "the one my tablet took", "the newest off my phone" */
  private static boolean tells(List<String> words, DeviceMention mention) {
    if (mention.preposition().equals("off")) {
      return true;
    }
    if (!mention.preposition().isEmpty()) {
      return false;
    }
    for (int i = mention.to(); i < Math.min(words.size(), mention.to() + 3); i++) {
      String word = words.get(i);
      if (DOES.contains(word)) {
        return true;
      }
      boolean between =
          word.equals("is")
              || word.equals("'s")
              || word.equals("just")
              || word.equals("was")
              || word.equals("last")
              || word.equals("has")
              || word.equals("currently");
      if (!between) {
        return false;
      }
    }
    return false;
  }

  private static boolean isBulb(DeviceMention mention) {
    return mention.devices().stream().anyMatch(d -> d.kind() == Device.Kind.LIGHT);
  }

  /** "set this one on my tablet": on my tablet is where, since which one is clear. */
  private static boolean isPointed(List<String> words, DeviceMention mention) {
    int noun = mention.from() - 1;
    return noun >= 1
        && words.get(noun).equals("one")
        && (words.get(noun - 1).equals("this") || words.get(noun - 1).equals("that"));
  }

  /** Ids of the devices that the picture is from. */
  Set<String> sourceIds() {
    Set<String> ids = new TreeSet<>();
    for (DeviceMention mention : sources) {
      for (Device device : mention.devices()) {
        ids.add(device.id());
      }
    }
    return ids;
  }

  /** The same, with what was taken for where the picture is from as where it is to be. */
  Parse placed() {
    return new Parse(
        intent, sources, List.of(), here, everywhere, recipient, level, query, stops, reference);
  }

  /** Whether a device is named that the user does not have. */
  boolean namesUnknownSource() {
    return !sources.isEmpty() && sourceIds().isEmpty();
  }

  /** What was found, for the explanation. */
  List<String> readings() {
    List<String> found = new ArrayList<>(reference.readings());
    for (DeviceMention mention : targets) {
      found.add("on: " + name(mention));
    }
    for (DeviceMention mention : sources) {
      found.add("from: " + name(mention));
    }
    if (here) {
      found.add("here");
    }
    if (!recipient.isEmpty()) {
      found.add("recipient: " + recipient);
    }
    if (level != Levels.UNSAID) {
      found.add("level: " + level);
    }
    if (!query.isEmpty()) {
      found.add("query: " + query);
    }
    return found;
  }

  private static String name(DeviceMention mention) {
    return (mention.room() + " " + mention.kind()).strip();
  }
}
