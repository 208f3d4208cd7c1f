package dev.starling.fusion.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of a text's words the intent model looks at: words, pairs, pieces of words, the word that
 * leads, and what kind of sentence it is. Hashed into {@link #BUCKETS} places. Pure.
 */
final class TextFeatures {
  /** 2^13: some 10,000 features of the wording collide rarely enough. */
  static final int BUCKETS = 8192;

  private static final Set<String> PARTICLES =
      Set.of(
          "away", "out", "off", "up", "on", "to", "over", "with", "as", "down", "onto", "into",
          "for", "from", "in", "of", "along");

  /** After these, "no" does more than object. */
  private static final Set<String> NO = Set.of("need", "more", "longer", "one", "way", "thanks");

  /** What may stand before a command without being part of it, by its first word. Longest first. */
  private static final Map<String, List<List<String>>> LEADS =
      leads(
          "would it be possible for you to",
          "i would love it if you could",
          "i would appreciate it if you could",
          "i would be grateful if you could",
          "would you be so kind as to",
          "could you do me a favor and",
          "i am going to need you to",
          "is it possible for you to",
          "is there any chance you could",
          "is there any way you could",
          "i was wondering if you could",
          "i was wondering whether you could",
          "would you be kind enough to",
          "i would really like you to",
          "i would like you to",
          "would you be so kind",
          "would it be possible to",
          "is there any way to",
          "is there a way to",
          "is there any chance of",
          "i was hoping you could",
          "i was hoping you would",
          "i wonder if you could",
          "i wonder whether you could",
          "do you think you could",
          "do you reckon you could",
          "it would be nice if",
          "it would be great if",
          "it would be lovely if",
          "it would be nice to",
          "it would be great to",
          "it would be lovely to",
          "i would love it if",
          "i would appreciate it if",
          "i would be grateful if",
          "be so kind as to",
          "be so good as to",
          "do me a favor and",
          "do us a favor and",
          "do me a favour and",
          "could i ask you to",
          "can i ask you to",
          "may i ask you to",
          "i would love you to",
          "i would really like to",
          "i really want you to",
          "please do not forget to",
          "if you do not mind",
          "when you get a chance",
          "when you have a moment",
          "when you get a moment",
          "i want you to",
          "i need you to",
          "i would like to",
          "why do not you",
          "why do not we",
          "is it possible to",
          "any chance you could",
          "i was hoping to",
          "would be nice if",
          "would be great if",
          "would be lovely if",
          "be a dear and",
          "be a love and",
          "be a star and",
          "i would love to",
          "i really want to",
          "we would like to",
          "you will want to",
          "it is time to",
          "do not forget to",
          "see if you can",
          "see to it that",
          "would you mind",
          "do you mind",
          "i want to",
          "i need to",
          "go ahead and",
          "any chance of",
          "could you please",
          "can you please",
          "would you please",
          "will you please",
          "would you kindly",
          "could you kindly",
          "could you possibly",
          "can you possibly",
          "could we please",
          "can we please",
          "can i please",
          "could i please",
          "we want to",
          "we need to",
          "feel free to",
          "make sure to",
          "make sure you",
          "be sure to",
          "how about you",
          "how about we",
          "what if we",
          "if you could",
          "if you would",
          "when you can",
          "you know what",
          "let us",
          "i mean",
          "you know",
          "excuse me",
          "can you",
          "could you",
          "would you",
          "will you",
          "can we",
          "could we",
          "can i",
          "could i",
          "may i",
          "why not",
          "might you",
          "might i",
          "you can",
          "you could",
          "you may",
          "you might",
          "you should",
          "time to",
          "see that",
          "shall we",
          "if possible",
          "alright then",
          "okay then",
          "right then",
          "okay so",
          "so then",
          "please",
          "kindly",
          "hey",
          "hi",
          "ok",
          "okay",
          "alright",
          "so",
          "well",
          "now",
          "and",
          "also",
          "then",
          "just",
          "oh",
          "yes",
          "yeah",
          "actually",
          "quickly",
          "listen",
          "starling",
          "computer",
          "assistant",
          "mind",
          "right",
          "hello",
          "sorry",
          "yo",
          "mate",
          "dear",
          "darling",
          "buddy",
          "ah",
          "er",
          "um",
          "hmm",
          "say");

  /** Of words as they are, whatever they stand for. */
  private static final double RAW = 0.4;

  private TextFeatures() {}

  private static Map<String, List<List<String>>> leads(String... leads) {
    return Stream.of(leads)
        .map(lead -> List.of(lead.split(" ", -1)))
        .collect(Collectors.groupingBy(lead -> lead.get(0)));
  }

  /** Weights of the places that words fall into; the squares of all weights sum to 1. */
  static Map<Integer, Double> of(Phrase phrase) {
    List<String> words = phrase.outline();
    FeatureHash places = new FeatureHash(BUCKETS);
    for (String word : phrase.words()) {
      places.add("r " + word, RAW);
    }
    int lead = lead(words);
    String before = "^";
    for (String word : words) {
      places.add("w " + word, 1.0);
      places.add("b " + before + " " + word, 0.7);
      before = word;
      String padded = "<" + word + ">";
      for (int i = 0; i + 3 <= padded.length(); i++) {
        places.add("c " + padded.substring(i, i + 3), 0.3);
      }
    }
    places.add("b " + before + " $", 0.7);
    concepts(places, words, lead);
    for (String trait : Mood.of(words, lead)) {
      places.add("m " + trait, 2.0);
    }
    places.add("n " + Math.min(words.size() - lead, 6), 0.5);
    return places.unit();
  }

  /** Where the command begins once politeness and attention are left out. */
  static int lead(List<String> words) {
    int at = 0;
    boolean moved = true;
    while (moved) {
      moved = false;
      String next = at + 1 < words.size() ? words.get(at + 1) : "";
      if (at + 1 < words.size() && words.get(at).equals("no") && !NO.contains(next)) {
        at++;
        moved = true;
        continue;
      }
      String word = at < words.size() ? words.get(at) : "";
      for (List<String> lead : LEADS.getOrDefault(word, List.of())) {
        if (at + lead.size() < words.size() && words.subList(at, at + lead.size()).equals(lead)) {
          at += lead.size();
          moved = true;
          break;
        }
      }
    }
    return at;
  }

  private static void concepts(FeatureHash places, List<String> words, int lead) {
    String first = lead < words.size() ? words.get(lead) : "";
    Set<String> present = new TreeSet<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (Concepts.has(word)) {
        present.add(Concepts.of(word));
      } else if (PARTICLES.contains(word) && i > lead) {
        present.add(word);
      }
    }
    if (!present.contains("#image") && !present.contains("#pronoun")) {
      present.add("#nothing");
    }
    places.add("l " + first, 1.0);
    places.add("lk " + Concepts.of(first), 1.5);
    String last = words.isEmpty() ? "" : words.get(words.size() - 1);
    places.add("lp " + Concepts.of(first) + " " + Concepts.of(last), 0.5);
    for (String concept : present) {
      places.add("k " + concept, 1.0);
      places.add("lk " + Concepts.of(first) + " " + concept, 0.8);
      places.add("l " + first + " " + concept, 0.5);
    }
  }
}
