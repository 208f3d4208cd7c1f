package dev.starling.fusion.core;

/**
 * What was learnt from wording: what is to be done, which words stand for what, and what is said of
 * pictures. Immutable, thread-safe.
 */
record Models(IntentModel intents, SlotModel slots, PictureModel pictures) {
  /** Those that ship; blocks. */
  static Models shipped() {
    return new Models(IntentModel.shipped(), SlotModel.shipped(), PictureModel.shipped());
  }
}
