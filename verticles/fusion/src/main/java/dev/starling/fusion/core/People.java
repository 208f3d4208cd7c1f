package dev.starling.fusion.core;

import dev.starling.fusion.core.Slot.Span;
import java.util.List;
import java.util.Set;

/** To whom something is to be sent, as it was said. Pure. */
final class People {
  /** Words that stand for somebody who was named before. */
  private static final Set<String> PRONOUNS = Set.of("him", "her", "them");

  private static final Set<String> OWN = Set.of("my", "our", "the", "your");

  private People() {}

  /** The name, without "my" and the like; empty when nobody is named. */
  static String recipient(Phrase phrase) {
    List<Span> people = phrase.spans(Slot.PERSON);
    if (people.isEmpty()) {
      return "";
    }
    List<String> name = phrase.words(people.get(0));
    boolean own = name.size() > 1 && OWN.contains(name.get(0));
    return Spelling.of(phrase.text(), own ? name.subList(1, name.size()) : name);
  }

  /** Whom a name or a pronoun means; empty when that is nobody known. */
  static String meant(String recipient, Discourse discourse) {
    return PRONOUNS.contains(recipient) ? discourse.recipient() : recipient;
  }
}
