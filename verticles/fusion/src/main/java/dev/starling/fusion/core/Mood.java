package dev.starling.fusion.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether words command, ask, tell or suppose: traits that tell commands from talk about the same
 * things. Pure.
 */
final class Mood {
  private static final Set<String> QUESTION =
      Set.of("what", "who", "whose", "which", "where", "when", "why", "how", "whom");
  private static final Set<String> ASKING =
      Set.of(
          "is", "are", "am", "was", "were", "does", "did", "has", "had", "should", "shall",
          "might");
  private static final Set<String> SUBJECTS =
      Set.of("i", "we", "he", "she", "they", "you", "it", "this", "that", "someone", "people");
  private static final Set<String> NO_PERSON = Set.of("it", "they", "there", "he", "she");
  private static final Set<String> WILL =
      Set.of("would", "will", "should", "could", "can", "am", "shall", "must", "might");
  private static final Set<String> PEOPLE = Set.of("i", "we", "he", "she", "they", "you");
  private static final Set<String> ADVERBS =
      Set.of(
          "already",
          "just",
          "almost",
          "accidentally",
          "really",
          "never",
          "always",
          "have",
          "had",
          "only",
          "still",
          "once",
          "nearly",
          "has",
          "recently",
          "finally",
          "actually");
  private static final Set<String> PAST =
      Set.of(
          "sent", "took", "taken", "saw", "seen", "was", "were", "did", "went", "got", "told",
          "said", "made", "found", "lost", "forgot", "bought", "thought", "gave", "wrote", "fell",
          "came", "heard", "kept", "broke", "knew", "had", "threw", "drew", "showed");
  private static final Set<String> DOUBT =
      Set.of("maybe", "perhaps", "might", "wonder", "whether", "wish", "hope", "someday", "unsure");
  private static final Set<String> SENSES =
      Set.of(
          "see",
          "hear",
          "believe",
          "imagine",
          "understand",
          "guess",
          "remember",
          "tell",
          "explain",
          "think",
          "recommend",
          "even");

  private Mood() {}

  /** Names of traits; none for a plain command. */
  static List<String> of(List<String> words, int lead) {
    List<String> traits = new ArrayList<>();
    if (lead >= words.size()) {
      return traits;
    }
    String first = words.get(lead);
    String second = lead + 1 < words.size() ? words.get(lead + 1) : "";
    String third = lead + 2 < words.size() ? words.get(lead + 2) : "";
    boolean offers = first.equals("how") && second.equals("about");
    boolean names = first.equals("what") && second.equals("i");
    if (QUESTION.contains(first) && !offers && !names) {
      traits.add(first.equals("what") && second.equals("if") ? "supposes" : "questions");
    }
    if (ASKING.contains(first)
        || (first.equals("will") || first.equals("can")) && NO_PERSON.contains(second)
        || first.equals("do") && SUBJECTS.contains(second)
        || first.equals("have") && PEOPLE.contains(second)
        || first.equals("would") && !second.equals("you")) {
      traits.add("asks");
    }
    if (first.equals("if") || first.equals("before") || first.equals("suppose")) {
      traits.add("supposes");
    }
    if (first.equals("do") && second.equals("not")
        || first.equals("never")
        || first.equals("no") && second.equals("need")
        || first.equals("not") && third.isEmpty()) {
      traits.add(second.equals("not") && keeps(third) ? "keeps not" : "forbids");
    }
    if (first.equals("i") && second.equals("do") && third.equals("not")) {
      boolean to = words.subList(lead, words.size()).contains("to");
      traits.add(to ? "forbids" : "dislikes");
    }
    boolean let = lead > 0 && words.get(lead - 1).equals("us") && first.equals("not");
    // "i can not sleep" forbids nothing.
    boolean able = second.equals("can") || second.equals("could");
    boolean will =
        WILL.contains(second) && !able && third.equals("not") && SUBJECTS.contains(first);
    if (let || will) {
      traits.add("forbids");
    }
    if (first.equals("remind") || first.equals("remember")) {
      traits.add("reminds");
    }
    boolean you = lead >= 2 && words.get(lead - 1).equals("you");
    if (you && SENSES.contains(first)) {
      traits.add("wonders");
    }
    if (words.stream().anyMatch(DOUBT::contains)) {
      traits.add("doubts");
    }
    if ((first.equals("i") || first.equals("we"))
        && (second.equals("have") || second.equals("had"))
        && !third.equals("to")) {
      traits.add("tells");
    }
    told(words, lead, traits);
    return traits;
  }

  /** Whether no command sounds like this, whatever else it says. */
  static boolean isNoCommand(List<String> words) {
    for (String trait : of(words, TextFeatures.lead(words))) {
      switch (trait) {
        case "questions", "asks", "forbids", "supposes", "reminds", "tells" -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }

  private static boolean keeps(String verb) {
    return verb.equals("keep") || verb.equals("need") || verb.equals("want");
  }

  private static void told(List<String> words, int lead, List<String> traits) {
    int verb = lead + 1;
    while (verb < words.size() && ADVERBS.contains(words.get(verb))) {
      verb++;
    }
    if (verb >= words.size()) {
      return;
    }
    String word = words.get(verb);
    boolean past = PAST.contains(word) || word.length() > 4 && word.endsWith("ed");
    String subject = words.get(lead);
    // "the woolshed" is a place.
    boolean determined = ImageWords.DETERMINERS.contains(subject) && !SUBJECTS.contains(subject);
    if (past
        && !determined
        && (SUBJECTS.contains(subject) || !Concepts.has(subject) && verb == lead + 1)) {
      traits.add("tells");
    }
    if (Concepts.of(subject).equals("#person")) {
      traits.add(past ? "tells" : "of somebody");
    }
    if (SUBJECTS.contains(subject) && word.equals("am")
        || (subject.equals("i") || subject.equals("we"))
            && (word.equals("could") || word.equals("should") || word.equals("would"))) {
      traits.add("muses");
    }
  }
}
