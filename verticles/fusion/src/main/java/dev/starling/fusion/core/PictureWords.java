package dev.starling.fusion.core;

import dev.starling.fusion.core.PictureModel.Guess;
import dev.starling.fusion.core.Slot.Span;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
   * @param content what is on it, when that is known to be what was said
   * @param name what it was called in so many words; empty when that says nothing of what is on it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(List<String> words, boolean[] used, List<String> content, String name) {
    /** Just these words. */
    static Said of(List<String> words, boolean[] used) {
      return new Said(words, used, List.of(), "");
    }

    private static Said plain(List<String> words) {
      return of(words, new boolean[words.size()]);
    }

    private Said and(Said other) {
      List<String> both = new ArrayList<>(words);
      both.addAll(other.words);
      boolean[] flags = Arrays.copyOf(used, both.size());
      System.arraycopy(other.used, 0, flags, words.size(), other.used.length);
      List<String> shown = new ArrayList<>(content);
      shown.addAll(other.content);
      return new Said(both, flags, shown, name.isEmpty() ? other.name : name);
    }

    /** As a description. */
    Reference reference(long nowMillis, ZoneId zone) {
      Reference found = ReferenceWords.find(words, used, nowMillis, zone).called(name);
      return content.isEmpty() ? found : found.showing(content);
    }
  }

  /**
   * What is said of the picture that a command is about.
   *
   * @param used which words of the phrase mean something else
   */
  Said of(Phrase phrase, boolean[] used) {
    Said said = Said.plain(List.of());
    for (Span span : parts(phrase)) {
      said = said.and(part(phrase, span, used));
    }
    return said.words().isEmpty() ? Said.of(phrase.words(), used) : said;
  }

  /** What is said of it in an answer, all of which may be about it. */
  Said ofAnswer(Phrase phrase, boolean[] used) {
    Said whole = part(phrase, new Span(Slot.PICTURE, 0, phrase.words().size()), used);
    boolean known = whole.name().isEmpty();
    return known || parts(phrase).isEmpty() ? whole : of(phrase, used);
  }

  /**
   * What may be on the picture, for which labels and captions are worth a vector; empty when it is
   * said for sure what else is meant.
   */
  List<String> perhapsShown(Phrase phrase) {
    List<String> content = new ArrayList<>();
    for (Span span : parts(phrase)) {
      Guess guess = guess(phrase, span);
      boolean other = guess.kind() != PictureKind.SHOWN && guess.kind() != PictureKind.OTHER;
      if (span.slot() == Slot.PICTURE && !(other && guess.share() >= CERTAIN)) {
        content.addAll(content(phrase, span, new boolean[phrase.words().size()]));
      }
    }
    return content;
  }

  /** Texts of whose vectors it makes use; the whole one may be an answer. */
  static List<String> texts(Phrase phrase) {
    List<String> texts = new ArrayList<>();
    for (Span span : parts(phrase)) {
      texts.add(text(phrase, span));
    }
    boolean answers = Clauses.isPhrase(phrase.words()) && phrase.words().size() <= MOST_ANSWERED;
    if (texts.isEmpty() || answers) {
      texts.add(String.join(" ", phrase.words()));
    }
    return texts;
  }

  private Said part(Phrase phrase, Span span, boolean[] used) {
    Guess guess = guess(phrase, span);
    boolean known = guess.share() >= SURE && guess.kind() != PictureKind.OTHER;
    boolean shown = known ? guess.kind() == PictureKind.SHOWN : !isRead(phrase, span, used);
    Reference read = read(phrase, span, used);
    boolean viewed = shown && read.pointing() == Reference.Pointing.VIEWED;
    // "this" may be what is looked at; by words alone what they tell themselves is surer.
    boolean points = phrase.isPronoun(span) && phrase.words().get(span.from()).equals("this");
    boolean unknown = !vectors.containsKey(text(phrase, span)) && isRead(phrase, span, used);
    if (viewed || points || unknown || guess.share() < CERTAIN && read.when().interval() != null) {
      return own(phrase, span, used);
    }
    if (shown && !names(span, used)) {
      List<String> content = content(phrase, span, used);
      return content.isEmpty()
          ? own(phrase, span, used)
          : new Said(THE_PICTURE, new boolean[2], content, text(phrase, span));
    }
    boolean source =
        guess.kind() == PictureKind.SOURCE || guess.kind() == PictureKind.SOURCE_LATEST;
    if (!known || shown || source && !namesDevice(phrase, span)) {
      return own(phrase, span, used);
    }
    List<String> words = phrase.words(span);
    List<String> plain = guess.kind().counted(words).plainly(words);
    return plain == null ? own(phrase, span, used) : Said.plain(plain);
  }

  /** Whether there is something else in it, as in "the one on my screen". */
  private static boolean names(Span span, boolean[] used) {
    for (int i = span.from(); i < span.to(); i++) {
      if (used[i]) {
        return true;
      }
    }
    return false;
  }

  /** The words as they are. */
  private static Said own(Phrase phrase, Span span, boolean[] used) {
    boolean[] taken = Arrays.copyOfRange(used, span.from(), span.to());
    return new Said(phrase.words(span), taken, List.of(), text(phrase, span));
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
   * What is on a picture that is called by it. Colours and times of day say what sort of thing it
   * is, and not what the picture looks like or when it was taken: "the red berries", "the evening
   * gown".
   */
  private static List<String> content(Phrase phrase, Span span, boolean[] used) {
    List<String> content = new ArrayList<>();
    for (int i = span.from(); i < span.to(); i++) {
      String word = phrase.words().get(i);
      boolean says =
          !used[i]
              && word.length() > 1
              && !EMPTY.contains(word)
              && !ImageWords.DETERMINERS.contains(word)
              && !ImageWords.isNoun(word)
              && Colors.named(word) == null
              && !DayPart.isNamed(word);
      if (says) {
        content.add(word);
      }
    }
    return content;
  }

  private static final List<String> THE_PICTURE = List.of("the", "picture");

  /** What is said of what is on a picture, but tells nothing of it. */
  private static final Set<String> EMPTY =
      Set.of(
          "of",
          "with",
          "in",
          "on",
          "at",
          "by",
          "from",
          "to",
          "for",
          "and",
          "where",
          "who",
          "which",
          "is",
          "was",
          "are",
          "were",
          "it",
          "we",
          "her",
          "his",
          "their",
          "its",
          "'s",
          "s",
          "what",
          "up",
          "out",
          "over",
          "under",
          "all",
          "big",
          "little",
          "old",
          "new",
          "nice",
          "us",
          "me",
          "you",
          "here",
          "there",
          "being",
          "right",
          "now",
          "just",
          "have",
          "has",
          "got",
          "had",
          "am",
          "showing",
          "shown",
          "displayed",
          "looking",
          "open",
          "front",
          "only",
          "really");

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
