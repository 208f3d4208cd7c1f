package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text, its words, the devices that it names, and the parts that say which picture, to whom and
 * what to play. Immutable.
 *
 * @param words of the text
 * @param mentions of devices and rooms
 * @param spans in the order of the text; none overlap
 */
record Phrase(String text, List<String> words, List<DeviceMention> mentions, List<Span> spans) {
  private static final Set<String> PRONOUNS =
      Set.of("it", "this", "that", "these", "those", "them", "one", "him", "her");

  Phrase {
    words = List.copyOf(words);
    mentions = List.copyOf(mentions);
    spans = List.copyOf(spans);
  }

  static Phrase of(String text, DeviceWords devices, SlotModel slots) {
    List<String> words = Words.of(text);
    List<DeviceMention> mentions = devices.find(words);
    List<Span> spans = slots.spans(words, mentions);
    return new Phrase(
        text, words, mentions, named(text, words, mentions, whole(text, words, spans)));
  }

  /**
   * Names go on with words that are written with a capital ("Joni Mitchell"), and what is played
   * with whom it is by.
   */
  private static List<Span> named(
      String text, List<String> words, List<DeviceMention> mentions, List<Span> spans) {
    List<Span> named = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      int from = span.from();
      int to = span.to();
      int least = named.isEmpty() ? 0 : named.get(named.size() - 1).to();
      int most = i + 1 < spans.size() ? spans.get(i + 1).from() : words.size();
      boolean name = span.slot() == Slot.PERSON || span.slot() == Slot.SOUND;
      if (span.slot() == Slot.SOUND && to + 1 < most && words.get(to).equals("by")) {
        to++;
        while (to < most && (isPartOfName(words, mentions, to) || to == span.to() + 1)) {
          to++;
        }
      }
      while (name && to < most && isCapital(text, words, mentions, to)) {
        to++;
      }
      while (name && from > least && isCapital(text, words, mentions, from - 1)) {
        from--;
      }
      named.add(new Span(span.slot(), from, to));
    }
    return named;
  }

  private static boolean isPartOfName(List<String> words, List<DeviceMention> mentions, int at) {
    String word = words.get(at);
    return mentions.stream().noneMatch(one -> one.from() <= at && at < one.to())
        && (ImageWords.isContent(word) || word.equals("the"))
        && !Concepts.has(word);
  }

  /** Whether a word is written with a capital within a sentence. */
  private static boolean isCapital(
      String text, List<String> words, List<DeviceMention> mentions, int at) {
    String word = words.get(at);
    if (word.length() < 2 || mentions.stream().anyMatch(one -> one.from() <= at && at < one.to())) {
      return false;
    }
    String concept = Concepts.of(word);
    if (concept.startsWith("#") && !concept.equals("#person")) {
      return false;
    }
    String capital = Character.toUpperCase(word.charAt(0)) + word.substring(1);
    int found = text.indexOf(capital, 1);
    return found > 1 && text.charAt(found - 1) == ' ' && ".!?:".indexOf(text.charAt(found - 2)) < 0;
  }

  /** "jean-luc" is not cut where its hyphen is. */
  private static List<Span> whole(String text, List<String> words, List<Span> spans) {
    if (text.indexOf('-') < 0) {
      return spans;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    List<Span> whole = new ArrayList<>();
    for (Span span : spans) {
      int from = span.from();
      int to = span.to();
      int least = whole.isEmpty() ? 0 : whole.get(whole.size() - 1).to();
      while (from > least && lower.contains(words.get(from - 1) + "-" + words.get(from))) {
        from--;
      }
      while (to < words.size() && lower.contains(words.get(to - 1) + "-" + words.get(to))) {
        to++;
      }
      if (from >= least && from < to) {
        whole.add(new Span(span.slot(), from, to));
      }
    }
    return whole;
  }

  /** With what a command of that intent needs, where it may well be said. */
  Phrase needing(Intent intent, SlotModel slots) {
    Phrase found = this;
    if (intent == Intent.SEND_TO) {
      found = found.with(Slot.PERSON, slots);
    }
    if (intent == Intent.PLAY) {
      found = found.with(Slot.SOUND, slots);
    }
    return Draft.needsPicture(intent) ? found.with(Slot.PICTURE, slots) : found;
  }

  private Phrase with(Slot needed, SlotModel slots) {
    if (!spans(needed).isEmpty()) {
      return this;
    }
    List<Span> more = slots.spansWith(needed, words, mentions);
    boolean keeps = spans.stream().allMatch(span -> has(more, span.slot()));
    return keeps
        ? new Phrase(text, words, mentions, named(text, words, mentions, whole(text, words, more)))
        : this;
  }

  private static boolean has(List<Span> spans, Slot slot) {
    return spans.stream().anyMatch(span -> span.slot() == slot);
  }

  /** Without slots, for what is no sentence. */
  Phrase plain() {
    return new Phrase(text, words, mentions, List.of());
  }

  /** Whether a mention is a part of what some picture is called. */
  boolean isInPicture(DeviceMention mention) {
    return spans.stream()
        .anyMatch(
            span ->
                (span.slot() == Slot.PICTURE || span.slot() == Slot.ADDITION)
                    && span.from() <= mention.from()
                    && mention.to() <= span.to());
  }

  /** Those of one slot. */
  List<Span> spans(Slot slot) {
    return spans.stream().filter(span -> span.slot() == slot).toList();
  }

  List<String> words(Span span) {
    return words.subList(span.from(), span.to());
  }

  /**
   * The words with the same ones for any picture, person, music and device: what is to be done does
   * not depend on which. Pronouns are "it".
   */
  List<String> outline() {
    List<String> outline = new ArrayList<>();
    int at = 0;
    while (at < words.size()) {
      Span span = spanAt(at);
      if (span != null) {
        if (isPronoun(span)) {
          outline.addAll(span.slot() == Slot.PICTURE ? List.of("it") : words(span));
        } else {
          outline.addAll(standIn(span.slot()));
        }
        at = span.to();
        continue;
      }
      DeviceMention mention = mentionAt(at);
      if (mention != null) {
        if (!mention.preposition().isEmpty()) {
          outline.add(words.get(at));
        }
        outline.add("the");
        outline.add(mention.kind().isEmpty() ? "room" : mention.kind());
        at = mention.to();
        continue;
      }
      outline.add(words.get(at));
      at++;
    }
    return outline;
  }

  private static List<String> standIn(Slot slot) {
    return switch (slot) {
      case PICTURE -> List.of("the", "picture");
      case ADDITION -> List.of();
      case PERSON -> List.of("somebody");
      case SOUND -> List.of("music");
    };
  }

  /** Whether it is "it" and the like. */
  boolean isPronoun(Span span) {
    return span.length() <= 2 && words(span).stream().allMatch(PRONOUNS::contains);
  }

  private @Nullable Span spanAt(int at) {
    for (Span span : spans) {
      if (span.from() == at) {
        return span;
      }
    }
    return null;
  }

  /** One that begins here and is in no slot. */
  private @Nullable DeviceMention mentionAt(int at) {
    for (DeviceMention mention : mentions) {
      boolean free =
          spans.stream()
              .allMatch(span -> span.to() <= mention.from() || span.from() >= mention.to());
      if (mention.from() == at && mention.to() > at && free) {
        return mention;
      }
    }
    return null;
  }
}
