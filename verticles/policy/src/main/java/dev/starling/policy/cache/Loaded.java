package dev.starling.policy.cache;

/**
 * What a load brought.
 *
 * @param value the answer, whatever it is
 */
public record Loaded<V>(V value, Use use) {

  /** What may be done with it. */
  public enum Use {
    /** It may be given to others who ask for the same, now and later. */
    KEEP,
    /** It is for the one who asked: a refusal, an answer that says it is private, … */
    PASS_ON,
    /** It says that there is no answer now: an older one is better. */
    FAILURE
  }
}
