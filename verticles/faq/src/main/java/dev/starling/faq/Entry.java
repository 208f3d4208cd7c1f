package dev.starling.faq;

import java.util.List;

/**
 * Something that is known. Immutable.
 *
 * @param id unique in its knowledge base
 * @param questions ways to ask for it
 * @param source where the answer is from
 */
record Entry(String id, List<String> questions, String answer, String source) {
  private static final int MAX_ID = 100;
  private static final int MAX_QUESTIONS = 20;
  static final int MAX_QUESTION = 500;
  private static final int MAX_ANSWER = 4_000;
  private static final int MAX_SOURCE = 500;

  Entry {
    text("id", id, MAX_ID);
    if (questions == null || questions.isEmpty() || questions.size() > MAX_QUESTIONS) {
      throw new IllegalArgumentException(
          "questions of %s: %s (expected: 1..%d)"
              .formatted(id, questions == null ? "none" : questions.size(), MAX_QUESTIONS));
    }
    for (String question : questions) {
      text("a question of " + id, question, MAX_QUESTION);
    }
    questions = List.copyOf(questions);
    text("the answer of " + id, answer, MAX_ANSWER);
    text("the source of " + id, source, MAX_SOURCE);
  }

  private static void text(String what, String text, int longest) {
    if (text == null || text.isBlank() || text.length() > longest) {
      throw new IllegalArgumentException(
          "%s: %s (expected: 1..%d characters)"
              .formatted(what, text == null ? "missing" : text.length() + " characters", longest));
    }
  }
}
