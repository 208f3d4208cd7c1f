package dev.starling.inference.trial;

/** What became of a trial. */
public sealed interface TrialOutcome {

  /** It loaded, and ran, and gave numbers. */
  record Passed() implements TrialOutcome {}

  /**
   * It must not be loaded.
   *
   * @param reason for people
   */
  record Failed(String reason) implements TrialOutcome {}
}
