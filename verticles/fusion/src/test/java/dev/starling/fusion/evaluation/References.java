package dev.starling.fusion.evaluation;

import dev.starling.fusion.evaluation.Values.Subject;
import java.util.List;

/** How pictures may be called. Immutable. */
final class References {
  private final List<Wording.Line> lines;

  References(Wording wording) {
    lines = wording.tagged("references");
  }

  /** Any wording for that case. */
  String any(Draw draw, String tag) {
    return draw.of(all(tag));
  }

  List<String> all(String tag) {
    List<String> all =
        lines.stream().filter(line -> line.tag().equals(tag)).map(line -> line.first()).toList();
    if (all.isEmpty()) {
      throw new IllegalStateException(tag + ": no such reference");
    }
    return all;
  }

  /** One that fills no slot. */
  Reference to(Draw draw, String tag, Picture picture) {
    String words = any(draw, tag);
    return new Reference(words, words, picture);
  }

  /** What a subject is called. */
  static String name(Draw draw, Subject subject) {
    return draw.of(subject.names());
  }
}
