package dev.starling.fusion.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * What is meant, and how it is called.
 *
 * @param words for a template's slot
 * @param wording its line among the references, without what fills it
 * @param picture null when a careful person could not tell which
 */
record Reference(String words, String wording, @Nullable Picture picture) {
  static Reference unclear(String words, String wording) {
    return new Reference(words, wording, null);
  }
}
