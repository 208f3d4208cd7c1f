package dev.starling.faq;

import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import org.jspecify.annotations.Nullable;

/** What is said to a question. Immutable. */
sealed interface Decision {

  /**
   * @param score the cosine between the question and one of the entry's
   */
  record Known(Entry entry, double score) implements Decision {}

  /** Nothing is near enough. */
  record Unknown(double score) implements Decision {}

  /** Nothing is near enough where it could be looked. */
  record Unclear() implements Decision {}

  /** The best of what was found decides, if it is of this knowledge base. */
  static Decision of(Matches found, KnowledgeBase base, double threshold) {
    for (Match match : found.matches()) {
      @Nullable Entry entry = base.entry(match.id());
      if (entry != null) {
        if (match.score() >= threshold) {
          return new Known(entry, match.score());
        }
        return found.partial() ? new Unclear() : new Unknown(match.score());
      }
    }
    return found.partial() ? new Unclear() : new Unknown(0);
  }
}
