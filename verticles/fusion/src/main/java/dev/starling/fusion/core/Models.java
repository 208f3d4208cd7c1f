package dev.starling.fusion.core;

/**
 * What was learnt from wording: what is to be done, which words stand for what, what is said of
 * pictures, and how near that is to what is on them. Immutable, thread-safe.
 */
record Models(IntentModel intents, SlotModel slots, PictureModel pictures, ContentModel contents) {
  /** Those that ship; blocks. */
  static Models shipped() {
    return new Models(
        IntentModel.shipped(), SlotModel.shipped(), PictureModel.shipped(), ContentModel.shipped());
  }
}
