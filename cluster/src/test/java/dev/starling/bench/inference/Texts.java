package dev.starling.bench.inference;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Texts of a number of tokens, drawn from common English words that are a token each. The same seed
 * draws the same texts.
 */
final class Texts {
  /** The beginning and the end of a text are tokens too. */
  private static final int AROUND = 2;

  private static final List<String> WORDS =
      List.of(
          "the",
          "order",
          "price",
          "return",
          "money",
          "house",
          "train",
          "noise",
          "water",
          "light",
          "music",
          "paper",
          "glass",
          "stone",
          "river",
          "mountain",
          "weather",
          "winter",
          "summer",
          "morning",
          "evening",
          "garden",
          "window",
          "door",
          "table",
          "chair",
          "kitchen",
          "bread",
          "milk",
          "coffee",
          "apple",
          "orange",
          "green",
          "blue",
          "black",
          "white",
          "red",
          "small",
          "large",
          "old",
          "new",
          "fast",
          "slow",
          "warm",
          "cold",
          "dark",
          "bright",
          "quiet",
          "loud",
          "north",
          "south",
          "east",
          "west",
          "city",
          "village",
          "road",
          "bridge",
          "station",
          "market",
          "school",
          "teacher",
          "doctor",
          "friend",
          "family",
          "child",
          "mother",
          "father",
          "brother",
          "sister",
          "story",
          "letter",
          "book",
          "page",
          "word",
          "number",
          "question",
          "answer");

  private Texts() {}

  /**
   * So many texts.
   *
   * @param tokens of each, with those around it
   */
  static List<String> draw(int count, int tokens, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToObj(i -> draw(tokens - AROUND, random)).toList();
  }

  private static String draw(int words, SplittableRandom random) {
    return String.join(
        " ",
        IntStream.range(0, words).mapToObj(i -> WORDS.get(random.nextInt(WORDS.size()))).toList());
  }
}
