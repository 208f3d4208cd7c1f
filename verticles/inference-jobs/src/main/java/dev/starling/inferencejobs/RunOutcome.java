package dev.starling.inferencejobs;

/** What came of one run of a model for a job. */
sealed interface RunOutcome {

  /** The job has ended so, well or not. */
  record Over(JobEnd end) implements RunOutcome {}

  /** Nothing was run, for reasons that are not the job's; it waits for something. */
  record NotRun(String reason) implements RunOutcome {}

  /** Something may have been run, and nobody will say how it ended. */
  record Lost(String reason) implements RunOutcome {}
}
