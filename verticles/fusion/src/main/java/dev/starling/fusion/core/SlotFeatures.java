package dev.starling.fusion.core;

import java.util.List;

/**
 * What the slot model looks at when it labels a word: the word, those around it, what they are
 * about, whether they name a device, and what kind of word leads. Hashed into {@link #BUCKETS}
 * places. Pure.
 */
final class SlotFeatures {
  /** 2^16: some 200,000 features, of which most are seen once and weigh nothing. */
  static final int BUCKETS = 1 << 16;

  private static final String OUTSIDE = "|";

  private SlotFeatures() {}

  /**
   * For each word, the places of its features.
   *
   * @param mentions of devices and rooms in the words
   */
  static int[][] of(List<String> words, List<DeviceMention> mentions) {
    int size = words.size();
    String[] kinds = kinds(size, mentions);
    String lead = Concepts.of(words.get(TextFeatures.lead(words)));
    int[][] features = new int[size][];
    for (int i = 0; i < size; i++) {
      String word = word(words, i);
      String before = word(words, i - 1);
      String after = word(words, i + 1);
      String before2 = word(words, i - 2);
      String after2 = word(words, i + 2);
      String concept = concept(words, kinds, i);
      String conceptBefore = concept(words, kinds, i - 1);
      String conceptAfter = concept(words, kinds, i + 1);
      String concept2 = concept(words, kinds, i - 2);
      features[i] =
          new int[] {
            place("w", word),
            place("wb", before),
            place("wa", after),
            place("wbb", before2),
            place("waa", after2),
            place("wb w", before, word),
            place("w wa", word, after),
            place("wb wa", before, after),
            place("wbb wb", before2, before),
            place("wa waa", after, after2),
            place("wbb wb w", before2, before, word),
            place("c", concept),
            place("cb", conceptBefore),
            place("ca", conceptAfter),
            place("cb c", conceptBefore, concept),
            place("c ca", concept, conceptAfter),
            place("cb c ca", conceptBefore, concept, conceptAfter),
            place("cbb cb c", concept2, conceptBefore, concept),
            place("cbb cb", concept2, conceptBefore),
            place("l c", lead, concept),
            place("l wb", lead, before),
            place("l wbb wb", lead, before2, before),
            place("s", word.substring(Math.max(0, word.length() - 3))),
            place("at", i == 0 ? "first" : i == size - 1 ? "last" : "between", concept),
            place("left", Integer.toString(Math.min(3, size - 1 - i))),
          };
    }
    return features;
  }

  private static String[] kinds(int size, List<DeviceMention> mentions) {
    String[] kinds = new String[size];
    for (DeviceMention mention : mentions) {
      String kind = mention.kind().isEmpty() ? "room" : mention.kind();
      for (int i = mention.from(); i < mention.to(); i++) {
        boolean preposition = i == mention.from() && !mention.preposition().isEmpty();
        if (!preposition) {
          kinds[i] = "@" + kind;
        }
      }
    }
    return kinds;
  }

  private static String word(List<String> words, int i) {
    return i < 0 || i >= words.size() ? OUTSIDE : words.get(i);
  }

  /** Of a word that is about nothing known, only that it is one; short words are what they are. */
  private static String concept(List<String> words, String[] kinds, int i) {
    if (i < 0 || i >= words.size()) {
      return OUTSIDE;
    }
    if (kinds[i] != null) {
      return kinds[i];
    }
    String word = words.get(i);
    if (Concepts.has(word)) {
      return Concepts.of(word);
    }
    if (ImageWords.DETERMINERS.contains(word)) {
      return "+the";
    }
    return word.length() <= 3 ? word : "*";
  }

  private static int place(String... parts) {
    return FeatureHash.place(BUCKETS, parts);
  }
}
