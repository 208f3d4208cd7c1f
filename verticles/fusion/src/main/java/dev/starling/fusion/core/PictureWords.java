package dev.starling.fusion.core;

import dev.starling.fusion.core.PictureModel.Guess;
import dev.starling.fusion.core.Slot.Span;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a phrase says of a picture: its own words, or plain ones where it is known what kind of
 * thing they say. Immutable, thread-safe.
 *
 * @param vectors of texts that were asked for
 * @param nowMillis when it was said
 * @param zone of the user
 */
record PictureWords(PictureModel model, Map<String, float[]> vectors, long nowMillis, ZoneId zone) {
  /** From here on a kind is believed. */
  private static final double SURE = 0.6;

  /** Below this, a time that the words say themselves is believed rather. */
  private static final double CERTAIN = 0.9;

  /** Answers have no more words. */
  private static final int MOST_ANSWERED = 14;

  /**
   * What was said of a picture.
   *
   * @param words its own or plain ones
   * @param used which of them name a device, and so say nothing more
   * @param name what it was called in so many words; empty when that says nothing of what is on it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(List<String> words, boolean[] used, String name) {}

  /**
   * What is said of the picture that a command is about.
   *
   * @param used which words of the phrase mean something else
   */
  Said of(Phrase phrase, boolean[] used) {
    List<Span> parts = parts(phrase);
    if (parts.isEmpty()) {
      return new Said(phrase.words(), used, "");
    }
    String name = "";
    List<String> words = new ArrayList<>();
    List<Boolean> taken = new ArrayList<>();
    for (Span span : parts) {
      List<String> plain = plainly(phrase, span, used);
      if (name.isEmpty() && (plain == null || guess(phrase, span).kind() == PictureKind.SHOWN)) {
        name = text(phrase, span);
      }
      for (int i = 0; i < (plain == null ? span.length() : plain.size()); i++) {
        words.add(plain == null ? phrase.words().get(span.from() + i) : plain.get(i));
        taken.add(plain == null && used[span.from() + i]);
      }
    }
    boolean[] flags = new boolean[words.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = taken.get(i);
    }
    return new Said(words, flags, name);
  }

  /** What is said of it in an answer, all of which may be about it. */
  Said ofAnswer(Phrase phrase, boolean[] used) {
    Span whole = new Span(Slot.PICTURE, 0, phrase.words().size());
    Guess guess = guess(phrase, whole);
    List<String> plain = plainly(phrase, whole, used);
    boolean known = plain != null && guess.kind() != PictureKind.SHOWN;
    if (known) {
      return new Said(plain, new boolean[plain.size()], "");
    }
    if (!parts(phrase).isEmpty()) {
      return of(phrase, used);
    }
    String name = text(phrase, whole);
    return plain == null
        ? new Said(phrase.words(), used, name)
        : new Said(plain, new boolean[plain.size()], name);
  }

  /** Texts of whose vectors it makes use; the whole one may be an answer. */
  static List<String> texts(Phrase phrase) {
    List<String> texts = new ArrayList<>();
    for (Span span : parts(phrase)) {
      texts.add(text(phrase, span));
    }
    if (texts.isEmpty() || phrase.words().size() <= MOST_ANSWERED) {
      texts.add(String.join(" ", phrase.words()));
    }
    return texts;
  }

  private @Nullable List<String> plainly(Phrase phrase, Span span, boolean[] used) {
    Guess guess = guess(phrase, span);
    if (guess.share() < CERTAIN && saysWhen(phrase, span, used)) {
      return null;
    }
    if (guess.share() < SURE || guess.kind() == PictureKind.OTHER) {
      return isRead(phrase, span, used) ? null : shown(phrase, span, used);
    }
    boolean source =
        guess.kind() == PictureKind.SOURCE || guess.kind() == PictureKind.SOURCE_LATEST;
    if (source && !namesDevice(phrase, span)) {
      return null;
    }
    return guess.kind() == PictureKind.SHOWN
        ? shown(phrase, span, used)
        : guess.kind().counted(phrase.words(span)).plainly(phrase.words(span));
  }

  private boolean saysWhen(Phrase phrase, Span span, boolean[] used) {
    return read(phrase, span, used).when().interval() != null;
  }

  private Reference read(Phrase phrase, Span span, boolean[] used) {
    boolean[] taken = Arrays.copyOfRange(used, span.from(), span.to());
    return ReferenceWords.find(phrase.words(span), taken, nowMillis, zone);
  }

  /** Whether the words tell something as they are. */
  private boolean isRead(Phrase phrase, Span span, boolean[] used) {
    Reference reference = read(phrase, span, used);
    return reference.describes() || reference.pointing() != Reference.Pointing.NOT;
  }

  /**
   * "my watch" is what a picture of it is called. Colours say what sort of thing it is, and not
   * what the picture looks like: "the red berries".
   */
  private static @Nullable List<String> shown(Phrase phrase, Span span, boolean[] used) {
    List<String> words = new ArrayList<>();
    boolean noun = false;
    for (int i = span.from(); i < span.to(); i++) {
      String word = phrase.words().get(i);
      if (used[i]) {
        return null;
      }
      noun |= ImageWords.isNoun(word);
      if (Colors.named(word) == null) {
        words.add(word);
      }
    }
    if (words.stream().noneMatch(ImageWords::isContent)) {
      return null;
    }
    if (!noun) {
      boolean determined = ImageWords.DETERMINERS.contains(words.get(0));
      words.subList(0, determined ? 1 : 0).clear();
      words.addAll(0, List.of("the", "picture", "of", "the"));
    }
    return words;
  }

  /** Whether a device is named there only because the picture is seen on it. */
  boolean isBeside(Phrase phrase, DeviceMention mention) {
    for (Span span : parts(phrase)) {
      if (span.from() <= mention.from() && mention.to() <= span.to()) {
        Guess guess = guess(phrase, span);
        return guess.share() >= SURE
            && switch (guess.kind()) {
              case VIEWED, SCREENSHOT, NOT_SCREENSHOT, PRONOUN -> true;
              default -> false;
            };
      }
    }
    return false;
  }

  private static boolean namesDevice(Phrase phrase, Span span) {
    for (boolean device : devices(phrase, span)) {
      if (device) {
        return true;
      }
    }
    return false;
  }

  private Guess guess(Phrase phrase, Span span) {
    return model.guess(phrase.words(span), devices(phrase, span), vectors.get(text(phrase, span)));
  }

  /** Which words of a part name a device. */
  private static boolean[] devices(Phrase phrase, Span span) {
    boolean[] devices = new boolean[span.length()];
    for (DeviceMention mention : phrase.mentions()) {
      for (int i = mention.from(); i < mention.to(); i++) {
        boolean preposition = i == mention.from() && !mention.preposition().isEmpty();
        if (i >= span.from() && i < span.to() && !preposition) {
          devices[i - span.from()] = true;
        }
      }
    }
    return devices;
  }

  private static String text(Phrase phrase, Span span) {
    return String.join(" ", phrase.words(span));
  }

  /** What tells most: "this one is rubbish, delete it" tells more by the first. */
  private static List<Span> parts(Phrase phrase) {
    List<Span> pictures = new ArrayList<>();
    List<Span> telling = new ArrayList<>();
    for (Span span : phrase.spans()) {
      if (span.slot() == Slot.PICTURE || span.slot() == Slot.ADDITION) {
        pictures.add(span);
        if (!phrase.isPronoun(span)) {
          telling.add(span);
        }
      }
    }
    return telling.isEmpty() ? pictures : telling;
  }
}
