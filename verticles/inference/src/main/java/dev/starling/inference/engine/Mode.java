package dev.starling.inference.engine;

/** What of a model's requests is run at once. */
enum Mode {
  /** Rows of different requests. */
  TOGETHER,
  /** The rows of one request. */
  BY_REQUEST,
  /** One row, since a row's outputs depend on the others in its batch. */
  BY_ROW,
  /** A request as it is: its inputs or outputs have no rows. */
  WHOLE
}
