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
  private static final String NO_LEVEL = "dim-without-level";
  private static final String NO_RECIPIENT = "send-without-recipient";

  boolean has(String slot) {
    return text.contains("{" + slot + "}");
  }

  /** Those of a file whose lines have no tags. */
  static List<Template> plain(Wording wording, Intent intent, String file) {
    List<Template> all = new ArrayList<>();
    for (String line : wording.lines(file)) {
      all.add(new Template(file + ":" + (all.size() + 1), intent, "", line));
    }
    return all;
  }

  private static List<Template> tagged(Wording wording, Intent intent, String file) {
    List<Template> all = new ArrayList<>();
    for (Wording.Line line : wording.tagged(file)) {
      all.add(new Template(file + ":" + (all.size() + 1), intent, line.tag(), line.first()));
    }
    return all;
  }

  /** All of an intent in which nothing is left out. */
  static List<Template> of(Wording wording, Intent intent) {
    return switch (intent) {
      case STOP, NONE -> tagged(wording, intent, intent.text());
      default -> plain(wording, intent, intent.text());
    };
  }

  /** All of a wording. */
  static List<Template> all(Wording wording) {
    List<Template> templates = new ArrayList<>();
    for (Intent intent : Intent.values()) {
      templates.addAll(of(wording, intent));
    }
    templates.addAll(plain(wording, Intent.DIM, NO_LEVEL));
    templates.addAll(plain(wording, Intent.SEND_TO, NO_RECIPIENT));
    return templates;
  }

  /** Whether it leaves out what a command needs. */
  boolean leavesOut() {
    return id.startsWith(NO_LEVEL) || id.startsWith(NO_RECIPIENT);
  }
}
