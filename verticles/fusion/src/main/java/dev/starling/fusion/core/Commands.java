package dev.starling.fusion.core;

import java.util.List;
import java.util.Set;

/** Words that are recognised as a command, to an outcome. Pure. */
final class Commands {
  /** Below this, a command about a picture that is not there is none. */
  private static final double SURE = 0.75;

  private Commands() {}

  /**
   * The outcome.
   *
   * @param confidence that the intent is this one
   */
  static Outcome of(Scene scene, Intent recognised, double confidence, Phrase phrase) {
    Parse parse = placed(scene, phrase, scene.parse(recognised, phrase));
    Intent intent = parse.intent();
    Draft draft = new Draft(scene, intent, confidence).reading(parse.readings());
    if (Draft.needsPicture(intent)) {
      Reference reference = parse.reference();
      Candidates candidates =
          parse.namesUnknownSource()
              ? new Candidates(List.of())
              : scene.candidates(reference, parse.sourceIds(), Set.of());
      boolean fits = candidates.best() != null && candidates.best().fit() > Candidates.FITS;
      if (isOfSomethingElse(reference, candidates)
          || confidence < SURE && !fits && !scene.timeline().images().isEmpty()) {
        return Outcome.none(confidence);
      }
      // Something was said, and nothing of it is known to be about a picture: it may well be.
      boolean unread =
          phrase.needing(intent, scene.models().slots()).spans(Slot.PICTURE).isEmpty()
              && !reference.isSaid()
              && !reference.loose().isEmpty();
      draft.pictures(candidates, reference.plural() || unread);
    }
    draft.device(scene.device(parse, draft.pictureDevice()));
    if (intent == Intent.SEND_TO) {
      draft.argument("recipient", People.meant(parse.recipient(), scene.discourse()));
    }
    if (intent == Intent.DIM && parse.level() != Levels.UNSAID) {
      draft.argument("level", Integer.toString(parse.level()));
    }
    if (intent == Intent.PLAY) {
      draft.argument("query", parse.query());
    }
    return draft.outcome();
  }

  /**
   * "show the photo i just took on my tablet": on a tablet that has taken none it is to be shown.
   */
  private static Parse placed(Scene scene, Phrase phrase, Parse parse) {
    boolean open =
        parse.intent() == Intent.SHOW_ON
            && parse.targets().isEmpty()
            && parse.sources().stream()
                .allMatch(mention -> phrase.words().get(mention.from()).equals("on"));
    Set<String> sources = parse.sourceIds();
    boolean took =
        scene.timeline().images().stream()
            .anyMatch(moment -> sources.contains(moment.event().deviceId()));
    return open && !sources.isEmpty() && !took ? parse.placed() : parse;
  }

  /** "print the contract" is about no picture when none shows one. */
  private static boolean isOfSomethingElse(Reference reference, Candidates candidates) {
    boolean onlyContent =
        !reference.content().isEmpty()
            && reference.noun() == Reference.Noun.UNSAID
            && reference.pointing() == Reference.Pointing.NOT;
    if (!onlyContent) {
      return false;
    }
    for (Candidates.Scored one : candidates.scored()) {
      if (one.fit() > Candidates.FITS) {
        return false;
      }
    }
    for (String word : reference.content()) {
      if (Concepts.of(word).equals("#elsewhere")) {
        return true;
      }
    }
    return false;
  }
}
