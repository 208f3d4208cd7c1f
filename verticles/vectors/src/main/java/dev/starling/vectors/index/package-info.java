/**
 * The points of a collection in one shard, in memory: Lucene's HNSW graph over them, what is not in
 * it yet, and the attributes that searches filter by. Without Vert.x and without clocks.
 *
 * <p>Contract: what was put is found by every search that begins afterwards, and what was removed
 * by none. A graph is an approximation: a search misses a few of the nearest points; one that is
 * exact misses none, in time that grows with the number of points.
 *
 * <p>Failure modes: none of its own. All of it can be made again from rows.
 */
@NullMarked
package dev.starling.vectors.index;

import org.jspecify.annotations.NullMarked;
