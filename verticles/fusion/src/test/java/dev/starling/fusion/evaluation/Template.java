package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Intent;
import java.util.ArrayList;
import java.util.List;

/**
 * A way of saying something, with slots in braces. Scenarios of one template are not independent.
 *
 * @param id its file and place in it, from 1
 * @param tag what it may be said of; empty where that makes no difference
 */
record Template(String id, Intent intent, String tag, String text) {

  boolean has(String slot) {
    return text.contains("{" + slot + "}");
  }

  /** Those of a file whose lines have no tags. */
  static List<Template> plain(Intent intent, String file) {
    List<Template> all = new ArrayList<>();
    for (String line : Wording.lines(file)) {
      all.add(new Template(file + ":" + (all.size() + 1), intent, "", line));
    }
    return all;
  }

  static List<Template> tagged(Intent intent, String file) {
    List<Template> all = new ArrayList<>();
    for (Wording.Line line : Wording.tagged(file)) {
      all.add(new Template(file + ":" + (all.size() + 1), intent, line.tag(), line.first()));
    }
    return all;
  }

  /** All that are held out for an intent in which nothing is left out. */
  static List<Template> of(Intent intent) {
    return switch (intent) {
      case STOP, NONE -> tagged(intent, intent.text());
      default -> plain(intent, intent.text());
    };
  }
}
