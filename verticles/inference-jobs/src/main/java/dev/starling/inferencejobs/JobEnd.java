package dev.starling.inferencejobs;

import org.jspecify.annotations.Nullable;

/**
 * How a job ends. Immutable.
 *
 * @param result the answer as JSON; null unless it succeeded
 * @param error a short name of the reason; null unless it failed
 * @param detail for people, names what was expected; empty unless it failed
 */
record JobEnd(JobState state, @Nullable String result, @Nullable String error, String detail) {
  private static final int LONGEST_DETAIL = 1_000;

  static final JobEnd CANCELLED = new JobEnd(JobState.CANCELLED, null, null, "");
  static final JobEnd EXPIRED = failed("expired", "it had not ended when its time was over");

  static JobEnd succeeded(String result) {
    return new JobEnd(JobState.SUCCEEDED, result, null, "");
  }

  static JobEnd failed(String error, String detail) {
    return new JobEnd(JobState.FAILED, null, error, storable(detail));
  }

  /** What others wrote, as PostgreSQL's text takes it: without NUL, and not too long. */
  static String storable(String text) {
    String clean = text.replace('\0', ' ');
    return clean.length() <= LONGEST_DETAIL ? clean : clean.substring(0, LONGEST_DETAIL) + "…";
  }
}
