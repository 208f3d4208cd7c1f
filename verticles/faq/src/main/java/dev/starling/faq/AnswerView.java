package dev.starling.faq;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * An answer as clients see it.
 *
 * @param answer null when it is not known
 * @param score how near the question is to one that is known: a cosine, at most 1
 * @param source where the answer is from; null without one
 * @param message instead of an answer; left out with one
 */
record AnswerView(
    @Nullable String answer,
    @NotNull double score,
    @Nullable String source,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String message) {
  private static final double DIGITS = 1e4;

  static AnswerView known(Entry entry, double score) {
    return new AnswerView(entry.answer(), rounded(score), entry.source(), /* message= */ null);
  }

  static AnswerView unknown(double score) {
    return new AnswerView(null, rounded(score), null, "I don't know");
  }

  private static double rounded(double score) {
    return Math.rint(score * DIGITS) / DIGITS;
  }
}
