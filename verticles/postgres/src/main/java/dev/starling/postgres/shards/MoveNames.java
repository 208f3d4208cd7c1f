package dev.starling.postgres.shards;

import java.sql.SQLException;

/**
 * What is made for the time of a move, and how it is called: always the same for a shard, so that
 * whoever comes later finds what a move that was cut off has left.
 */
record MoveNames(int shard) {
  /** A table that comes and goes with the move; its rows are marks in the stream of changes. */
  static final String MARKS = "shard_move";

  String schema() {
    return Shards.schema(shard);
  }

  String publication() {
    return "starling_" + schema();
  }

  String subscription() {
    return "starling_" + schema();
  }

  String marks() {
    return schema() + "." + MARKS;
  }

  /** What the schema is called where the shard was; by the epoch in which it was there. */
  String moved(long epoch) {
    return schema() + "_moved_" + epoch;
  }

  /** A regular expression for {@link #moved} of any epoch. */
  String movedPattern() {
    return "^" + schema() + "_moved_[0-9]+$";
  }

  /** Slots belong to servers, which may have several of the databases. */
  String slot(Session source) throws SQLException {
    return "starling_"
        + source.number("SELECT oid FROM pg_database WHERE datname = current_database()")
        + "_"
        + schema();
  }
}
