package dev.starling.fusion.core;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes sense only after a command, as another one like it: "and the one before", "no, the
 * other one", "to dad too", "on the tablet instead". Pure.
 */
final class Continuations {
  private static final double SURE = 0.95;

  /** Below this nothing says that a picture is meant. */
  private static final double PICTURED = 0.4;

  private static final Set<String> OBJECTIONS =
      Set.of(
          "no", "not", "nope", "actually", "meant", "instead", "rather", "wrong", "other", "sorry");

  /** What the device does that has the picture. */
  private static final Set<Intent> WITH_THE_PICTURE =
      Set.of(Intent.SEND_TO, Intent.DELETE, Intent.FAVORITE);

  private Continuations() {}

  /** The outcome; null when it continues nothing. */
  static @Nullable Outcome of(Scene scene, Discourse.Turn command, String text) {
    List<String> words = Words.of(text);
    Decision last = command.decision();
    if (words.isEmpty() || words.size() > 14) {
      return null;
    }
    Draft draft = new Draft(scene, last.intent(), SURE).arguments(last.arguments());
    boolean pictured = Draft.needsPicture(last.intent());
    Parse parse = scene.parse(last.intent(), scene.phrase(text).plain());
    Set<String> sources = parse.sourceIds();
    String recipient =
        last.intent() == Intent.SEND_TO
            ? People.meant(People.recipient(scene.phrase(text)), scene.discourse())
            : "";
    Reference reference = parse.reference();
    boolean newPicture =
        pictured
            && (reference.describes()
                || reference.pointing() == Reference.Pointing.OTHER
                || reference.notTheLast()
                || !sources.isEmpty());
    boolean newDevice = !parse.targets().isEmpty() || parse.here();
    boolean newLevel = last.intent() == Intent.DIM && parse.level() != Levels.UNSAID;
    if (!newPicture && !newDevice && recipient.isEmpty() && !newLevel) {
      return null;
    }
    if (newPicture) {
      Candidates candidates = scene.candidates(objecting(reference, words), sources, Set.of());
      if (candidates.confidence() < PICTURED && !newDevice && recipient.isEmpty()) {
        return null;
      }
      draft.pictures(candidates, reference.plural());
    } else if (last.target() != null) {
      draft.picture(last.target(), 1);
    }
    if (newDevice || WITH_THE_PICTURE.contains(last.intent())) {
      draft.device(scene.device(parse, draft.pictureDevice()));
    } else {
      draft.device(last.device(), 1);
    }
    draft.argument("recipient", recipient);
    if (newLevel) {
      draft.argument("level", Integer.toString(parse.level()));
    }
    return draft
        .reading(List.of("continues: " + last.intent().text()))
        .reading(parse.readings())
        .outcome();
  }

  /** Who objects does not mean what was understood. */
  private static Reference objecting(Reference reference, List<String> words) {
    boolean objects = words.stream().anyMatch(OBJECTIONS::contains);
    boolean named = reference.when().before() > 0 || reference.when().after() > 0;
    return new Reference(
        reference.when(),
        reference.order(),
        reference.of(),
        reference.pointing(),
        reference.content(),
        reference.loose(),
        reference.colors(),
        reference.looks(),
        reference.noun(),
        reference.plural(),
        reference.taken(),
        reference.notTheLast() || objects && !named,
        reference.name());
  }
}
