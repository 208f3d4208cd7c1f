package dev.starling.fusion.core;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of a text's words the intent model looks at: words, pairs, pieces of words, the word that
 * leads, and what kind of sentence it is. Hashed into {@link #BUCKETS} places. Pure.
 */
final class TextFeatures {
  /** 2^13: some 10,000 features of the wording collide rarely enough. */
  static final int BUCKETS = 8192;

  private static final Set<String> PARTICLES =
      Set.of(
          "away", "out", "off", "up", "on", "to", "over", "with", "as", "down", "onto", "into", "for",
          "from", "in", "of", "along");

  /** After these, "no" does more than object. */
  private static final Set<String> NO = Set.of("need", "more", "longer", "one", "way", "thanks");

  /** What may stand before a command without being part of it. Longest first. */
  private static final List<List<String>> LEADS =
      List.of(
          List.of("i", "want", "you", "to"),
          List.of("i", "would", "like", "you", "to"),
          List.of("i", "need", "you", "to"),
          List.of("would", "you", "mind"),
          List.of("do", "you", "mind"),
          List.of("would", "you", "be", "so", "kind"),
          List.of("i", "would", "like", "to"),
          List.of("i", "want", "to"),
          List.of("i", "need", "to"),
          List.of("go", "ahead", "and"),
          List.of("let", "us"),
          List.of("can", "you"),
          List.of("could", "you"),
          List.of("would", "you"),
          List.of("will", "you"),
          List.of("can", "we"),
          List.of("could", "we"),
          List.of("can", "i"),
          List.of("could", "i"),
          List.of("may", "i"),
          List.of("please"),
          List.of("kindly"),
          List.of("hey"),
          List.of("hi"),
          List.of("ok"),
          List.of("okay"),
          List.of("alright"),
          List.of("so"),
          List.of("well"),
          List.of("now"),
          List.of("and"),
          List.of("also"),
          List.of("then"),
          List.of("just"),
          List.of("oh"),
          List.of("yes"),
          List.of("yeah"),
          List.of("actually"),
          List.of("quickly"),
          List.of("listen"),
          List.of("starling"),
          List.of("computer"),
          List.of("assistant"));

  private TextFeatures() {}

  /** Weights of the places that words fall into; the squares of all weights sum to 1. */
  static Map<Integer, Double> of(List<String> words) {
    Map<Integer, Double> places = new TreeMap<>();
    int lead = lead(words);
    String before = "^";
    for (String word : words) {
      add(places, "w " + word, 1.0);
      add(places, "b " + before + " " + word, 0.7);
      before = word;
      String padded = "<" + word + ">";
      for (int i = 0; i + 3 <= padded.length(); i++) {
        add(places, "c " + padded.substring(i, i + 3), 0.3);
      }
    }
    add(places, "b " + before + " $", 0.7);
    concepts(places, words, lead);
    for (String trait : Mood.of(words, lead)) {
      add(places, "m " + trait, 2.0);
    }
    add(places, "n " + Math.min(words.size() - lead, 6), 0.5);
    double squares = 0;
    for (double weight : places.values()) {
      squares += weight * weight;
    }
    double length = Math.sqrt(squares);
    places.replaceAll((place, weight) -> length == 0 ? 0.0 : weight / length);
    return places;
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
      for (List<String> lead : LEADS) {
        if (at + lead.size() < words.size()
            && words.subList(at, at + lead.size()).equals(lead)) {
          at += lead.size();
          moved = true;
          break;
        }
      }
    }
    return at;
  }

  private static void concepts(Map<Integer, Double> places, List<String> words, int lead) {
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
    add(places, "l " + first, 1.0);
    add(places, "lk " + Concepts.of(first), 1.5);
    String last = words.isEmpty() ? "" : words.get(words.size() - 1);
    add(places, "lp " + Concepts.of(first) + " " + Concepts.of(last), 0.5);
    for (String concept : present) {
      add(places, "k " + concept, 1.0);
      add(places, "lk " + Concepts.of(first) + " " + concept, 0.8);
      add(places, "l " + first + " " + concept, 0.5);
    }
  }

  private static void add(Map<Integer, Double> places, String feature, double weight) {
    places.merge(place(feature), weight, Double::sum);
  }

  /** FNV-1a, whose low bits are mixed well enough for this many places. */
  private static int place(String feature) {
    int hash = 0x811c9dc5;
    for (byte b : feature.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x01000193;
    }
    return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
  }
}
