package dev.starling.fusion.core;

import dev.starling.fusion.core.Device.Kind;
import dev.starling.fusion.core.Slot.Span;
import dev.starling.fusion.evaluation.KindWords;
import dev.starling.fusion.evaluation.Wording;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts of the development wording that models are trained on: templates with their slots filled,
 * and whole sentences. Confined to one thread.
 */
final class Texts {
  private static final int COPIES = 5;

  /** Between what a picture is called and what tells it from others like it. */
  private static final String ADDED = "\u0001";

  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)\\}");
  private static final List<String> NUMBERS = List.of("one", "two", "three", "four");
  private static final List<String> ORDINALS = List.of("first", "second", "third", "fourth");
  private static final List<String> WEEKDAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

  /** Of the lists of {@code wording.txt}. */
  private static final Map<String, Slot> LISTS =
      Map.of("ref", Slot.PICTURE, "person", Slot.PERSON, "query", Slot.SOUND);

  /** What is called a picture in fragments and pronouns may be anything else. */
  private static final Set<String> POINTING = Set.of("pronoun");

  private final List<Wording> sets;
  private final Random random = new Random(23);
  private final Map<String, List<String>> values = new HashMap<>();
  private final List<String> references = new ArrayList<>();
  private final List<String> pronouns = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> additions = new ArrayList<>();
  private final List<List<String>> misheard = new ArrayList<>();
  private final List<Text> texts = new ArrayList<>();

  /**
   * A text.
   *
   * @param template that it was made from; all of one template are trained on or tested together
   * @param label of the intent model
   * @param spans null where they are not known
   */
  record Text(
      String template,
      String text,
      int label,
      List<String> words,
      List<DeviceMention> mentions,
      @Nullable List<Span> spans) {}

  private Texts(List<Wording> sets) {
    this.sets = List.copyOf(sets);
    for (Wording set : sets) {
      for (Wording.Line line : set.tagged("values")) {
        if (line.tag().equals("noise")) {
          misheard.add(line.parts());
        } else {
          values.computeIfAbsent(line.tag(), tag -> new ArrayList<>()).add(line.first());
        }
      }
      for (Wording.Line line : set.tagged("references")) {
        List<String> to =
            POINTING.contains(line.tag())
                ? pronouns
                : line.tag().startsWith("and-") ? additions : references;
        to.add(line.first());
      }
      for (String file : List.of("labels", "captions")) {
        set.tagged(file)
            .forEach(line -> names.addAll(line.parts().subList(1, line.parts().size())));
      }
    }
  }

  /** All of the development wording, but of some sets. */
  static List<Text> of(List<Wording> sets) {
    Texts texts = new Texts(sets);
    texts.sets.forEach(texts::add);
    texts.addLists();
    texts.addSentences();
    return List.copyOf(texts.texts);
  }

  /** Only to fill slots with the values of some sets. */
  static Texts values(List<Wording> sets) {
    return new Texts(sets);
  }

  /** What tells a picture from others like it. */
  String addition() {
    return pick(additions);
  }

  /** With a value in each slot. */
  String filled(String words, List<Device> devices) {
    return SLOT.matcher(words)
        .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), devices)));
  }

  private void add(Wording set) {
    for (Intent intent : Intent.values()) {
      if (intent == Intent.NONE || intent == Intent.STOP) {
        set.tagged(intent.text())
            .forEach(
                line ->
                    templates(
                        set.name(), line.first(), intent.ordinal(), !line.tag().equals("photo")));
      } else {
        set.lines(intent.text())
            .forEach(line -> templates(set.name(), line, intent.ordinal(), true));
      }
    }
    set.lines("dim-without-level")
        .forEach(line -> templates(set.name(), line, Intent.DIM.ordinal(), true));
    set.lines("send-without-recipient")
        .forEach(line -> templates(set.name(), line, Intent.SEND_TO.ordinal(), true));
    set.tagged("openers")
        .forEach(
            line -> templates(set.name(), line.first(), Intent.of(line.tag()).ordinal(), true));
    set.tagged("answers")
        .forEach(
            line ->
                templates(
                    set.name(),
                    line.first().replace("{reference}", "{image}"),
                    IntentModel.FRAGMENT,
                    line.first().contains("{reference}") || line.tag().equals("recipient")));
  }

  private void templates(String set, String template, int label, boolean known) {
    boolean slots = template.contains("{");
    int copies = slots ? COPIES : label == Intent.NONE.ordinal() ? 1 : 3;
    for (int i = 0; i < copies; i++) {
      fill(set + ": " + template, template, label, known, i);
    }
  }

  /** Whether it was heard well depends on which copy it is. */
  private void fill(String id, String template, int label, boolean known, int copy) {
    String said = copy % 4 == 3 ? mishear(template) : template;
    List<Device> devices = home();
    StringBuilder text = new StringBuilder();
    List<String> words = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    Matcher slots = SLOT.matcher(said);
    int at = 0;
    if (copy % 4 == 2) {
      text.append(pick(values.get("filler"))).append(' ');
      words.addAll(Words.of(text.toString()));
    }
    while (slots.find()) {
      text.append(said, at, slots.start());
      words.addAll(Words.of(said.substring(at, slots.start())));
      Slot slot = slot(slots.group(1));
      for (String value : value(slots.group(1), devices).split(ADDED, -1)) {
        text.append(slot == Slot.ADDITION ? " " : "").append(value);
        List<String> more = Words.of(value);
        if (slot != null && !more.isEmpty()) {
          spans.add(new Span(slot, words.size(), words.size() + more.size()));
        }
        words.addAll(more);
        slot = Slot.ADDITION;
      }
      at = slots.end();
    }
    text.append(said.substring(at));
    words.addAll(Words.of(said.substring(at)));
    List<String> all = Words.of(text.toString());
    // Words that become one with their neighbours are where nobody can say.
    List<Span> kept = known && all.equals(words) ? spans : null;
    texts.add(new Text(id, text.toString(), label, all, new DeviceWords(devices).find(all), kept));
  }

  private static @Nullable Slot slot(String name) {
    return switch (name) {
      case "image" -> Slot.PICTURE;
      case "recipient" -> Slot.PERSON;
      case "query" -> Slot.SOUND;
      default -> LISTS.get(name);
    };
  }

  private String value(String slot, List<Device> devices) {
    return switch (slot) {
      case "image" -> picture(devices);
      case "recipient" ->
          random.nextInt(16) == 0
              ? pick(List.of("him", "her", "them"))
              : strange(pick(values.get("recipient")));
      case "query" -> strange(pick(values.get("query")));
      case "level" -> pick(values.get("level"));
      case "screen" -> called(devices, random.nextBoolean() ? Kind.TV : Kind.FRAME);
      case "light" -> called(devices, Kind.LIGHT);
      case "speaker" -> called(devices, Kind.SPEAKER);
      case "device" -> called(devices, random.nextBoolean() ? Kind.PHONE : Kind.TABLET);
      case "reference" -> pick(names);
      case "room" -> pick(values.get("room"));
      case "color" -> pick(values.get("color"));
      case "weekday" -> pick(WEEKDAYS);
      case "number" -> pick(NUMBERS);
      case "ordinal" -> pick(ORDINALS);
      case "on" ->
          random.nextBoolean()
              ? ""
              : " on " + called(devices, random.nextBoolean() ? Kind.TABLET : Kind.PRINTER);
      case "where" ->
          switch (random.nextInt(3)) {
            case 0 -> "";
            case 1 -> " in the " + devices.get(4).location();
            default -> " on " + called(devices, random.nextBoolean() ? Kind.SPEAKER : Kind.TV);
          };
      default -> throw new IllegalArgumentException(slot + ": no such slot");
    };
  }

  private String picture(List<Device> devices) {
    int kind = random.nextInt(10);
    String words =
        kind == 0
            ? pick(pronouns)
            : kind < 6
                ? pick(references)
                : kind < 9 ? strange(pick(names)) : strange(pick(names)) + ADDED + pick(additions);
    return filled(words, devices);
  }

  private String called(List<Device> devices, Kind kind) {
    Device device = devices.stream().filter(each -> each.kind() == kind).findFirst().orElseThrow();
    String word = pick(KindWords.of(kind));
    if (device.location().isEmpty()) {
      return "my " + (random.nextBoolean() ? device.name() : word);
    }
    return switch (random.nextInt(4)) {
      case 0 -> "the " + device.name();
      case 1 -> "the " + word;
      case 2 -> "the " + device.location() + " " + word;
      default -> "the " + word + " in the " + device.location();
    };
  }

  /** Devices with names and rooms of the sets. */
  List<Device> home() {
    List<Device> devices = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      boolean carried = kind == Kind.PHONE || kind == Kind.TABLET;
      devices.add(
          new Device(
              kind.name(),
              pick(values.get(kind.name().toLowerCase(Locale.ROOT))),
              kind,
              carried ? "" : pick(values.get("room")),
              Set.of()));
    }
    return devices;
  }

  /** Often a name that nobody has, so that what is around it is learnt. */
  private String strange(String value) {
    if (random.nextInt(100) >= 40) {
      return value;
    }
    List<String> words = new ArrayList<>();
    for (String word : value.split(" ", -1)) {
      boolean kept = word.length() <= 3 || Concepts.has(word.toLowerCase(Locale.ROOT));
      words.add(kept ? word : invented());
    }
    return String.join(" ", words);
  }

  private String invented() {
    StringBuilder word = new StringBuilder();
    int syllables = 2 + random.nextInt(2);
    for (int i = 0; i < syllables; i++) {
      word.append("bcdfghjklmnprstvwz".charAt(random.nextInt(18)));
      word.append("aeiou".charAt(random.nextInt(5)));
    }
    return word.append("nrslk".charAt(random.nextInt(5))).toString();
  }

  /** Another word for one outside of slots, as a recogniser may hear it. */
  private String mishear(String template) {
    String lower = template.toLowerCase(Locale.ROOT);
    List<List<String>> shuffled = new ArrayList<>(misheard);
    Collections.shuffle(shuffled, random);
    for (List<String> pair : shuffled) {
      Matcher matcher =
          Pattern.compile("(?<![\\w{])" + Pattern.quote(pair.get(0)) + "(?![\\w}])").matcher(lower);
      if (matcher.find()) {
        return matcher.replaceFirst(Matcher.quoteReplacement(pair.get(1)));
      }
    }
    return template;
  }

  private void addLists() {
    OwnWording wording = OwnWording.read();
    for (String intent : wording.intents()) {
      int label = intent.equals("fragment") ? IntentModel.FRAGMENT : Intent.of(intent).ordinal();
      boolean command = label < Intent.NONE.ordinal();
      for (String template : wording.templates(intent)) {
        int copies = !template.contains("{") && !command ? 1 : command ? 6 : 4;
        for (int copy = 0; copy < copies; copy++) {
          String polite =
              command && copy % 3 == 1 ? pick(wording.list("polite")) + " " + template : template;
          fillList(wording, intent + ": " + template, polite, label);
        }
      }
    }
  }

  private void fillList(OwnWording wording, String id, String template, int label) {
    StringBuilder text = new StringBuilder();
    List<String> words = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    Matcher slots = SLOT.matcher(template);
    int at = 0;
    while (slots.find()) {
      text.append(template, at, slots.start());
      words.addAll(Words.of(template.substring(at, slots.start())));
      String value = wording.fill("{" + slots.group(1) + "}", random);
      Slot slot = LISTS.get(slots.group(1));
      if (slot == Slot.PERSON || slot == Slot.SOUND) {
        value = strange(value);
      }
      text.append(value);
      List<String> more = Words.of(value);
      if (slot != null) {
        spans.add(new Span(slot, words.size(), words.size() + more.size()));
      }
      words.addAll(more);
      at = slots.end();
    }
    text.append(template.substring(at));
    words.addAll(Words.of(template.substring(at)));
    List<String> all = Words.of(text.toString());
    boolean pictured = all.stream().anyMatch(word -> Concepts.of(word).equals("#image"));
    boolean known =
        all.equals(words) && label != IntentModel.FRAGMENT && (!spans.isEmpty() || !pictured);
    texts.add(
        new Text(
            id,
            text.toString(),
            label,
            all,
            new DeviceWords(home()).find(all),
            known ? spans : null));
  }

  private void addSentences() {
    for (Sentences.Sentence sentence : Sentences.read("sentences.txt")) {
      int label = sentence.intent().ordinal();
      for (String text : List.of(sentence.text(), OwnWording.mishear(sentence.text(), random))) {
        List<String> words = Words.of(text);
        texts.add(
            new Text(
                sentence.text(), text, label, words, new DeviceWords(home()).find(words), null));
      }
    }
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
