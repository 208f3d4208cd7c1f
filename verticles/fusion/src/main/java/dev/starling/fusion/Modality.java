package dev.starling.fusion;

import dev.starling.fusion.core.Content;

/** The kinds of events that are bounded by themselves. */
enum Modality {
  UTTERANCE(64),
  IMAGE(256),
  BEHAVIOUR(512);

  private static final Modality[] VALUES = values();

  private final int most;

  Modality(int most) {
    this.most = most;
  }

  /** How many of a user's, the newest, a decision looks at. */
  int most() {
    return most;
  }

  /** As it is stored. */
  short code() {
    return (short) ordinal();
  }

  static Modality of(int code) {
    return VALUES[code];
  }

  static Modality of(Content content) {
    if (content instanceof Content.Utterance) {
      return UTTERANCE;
    }
    return content instanceof Content.Image ? IMAGE : BEHAVIOUR;
  }
}
