package dev.starling.inferencejobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How far a job is. */
enum JobState {
  @JsonProperty("queued")
  QUEUED,
  /** A hint: of a job whose node was lost it is so until another one takes it. */
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("succeeded")
  SUCCEEDED,
  @JsonProperty("failed")
  FAILED,
  @JsonProperty("cancelled")
  CANCELLED;

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static JobState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Whether nothing will come after it. */
  boolean isFinal() {
    return this != QUEUED && this != RUNNING;
  }
}
