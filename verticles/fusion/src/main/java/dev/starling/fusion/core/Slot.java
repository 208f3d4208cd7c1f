package dev.starling.fusion.core;

/** What a part of a command stands for. */
enum Slot {
  /** Which picture: "the one i took this morning". */
  PICTURE,
  /** What tells it from others like it, after its name: "from this morning". */
  ADDITION,
  /** To whom: "aunt sue". */
  PERSON,
  /** What to hear: "some jazz". */
  SOUND;

  /**
   * Words with this meaning, one after the other.
   *
   * @param from the first word
   * @param to after the last one
   */
  record Span(Slot slot, int from, int to) {
    int length() {
      return to - from;
    }
  }
}
