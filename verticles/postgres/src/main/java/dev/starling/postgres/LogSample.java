package dev.starling.postgres;

/**
 * How far the write-ahead log of a server had come when it was asked. Immutable.
 *
 * @param lsn bytes since the log began
 * @param askedNanos when the question was sent, as {@link System#nanoTime()}: whatever the answer
 *     does not cover is no older
 * @param heardNanos when the answer came
 */
record LogSample(long lsn, long askedNanos, long heardNanos) {}
