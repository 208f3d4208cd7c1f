package dev.starling.bench.fusion;

/**
 * What kind each event of the load is, by its number: of 50 in a row 45 are behaviour, 4 pictures,
 * and the last an utterance, right behind a picture.
 */
final class EventMix {
  /** After so many it begins again. */
  static final int CYCLE = 50;

  private static final int IMAGE_EVERY = 12;

  private EventMix() {}

  /** A kind of event. */
  enum Kind {
    BEHAVIOUR,
    IMAGE,
    UTTERANCE
  }

  static Kind of(long number) {
    int place = (int) (number % CYCLE);
    if (place == CYCLE - 1) {
      return Kind.UTTERANCE;
    }
    return place > 0 && place % IMAGE_EVERY == 0 ? Kind.IMAGE : Kind.BEHAVIOUR;
  }
}
