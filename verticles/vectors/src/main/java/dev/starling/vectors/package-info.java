/**
 * Vectors: collections of points, and the nearest of them to a vector or a text.
 *
 * <p>Contract: {@link dev.starling.contract.vectors.VectorsContract} for services, the operations
 * of {@link dev.starling.vectors.VectorsVerticle} for users. A collection belongs to who made it
 * and is absent for everybody else. What is answered as stored is committed, and found by searches
 * that begin afterwards. Points are rows in the logical shards; each shard's points are in memory
 * of one node, which follows the rows (docs/adr/0030-vectors.md). With {@code vectors.backend:
 * redis} they are in vector sets of Redis instead.
 *
 * <p>Failure modes: an owner that is lost is followed by another one, whose searches say that they
 * are partial until it has read the rows. While a shard's database is away its points are found and
 * cannot be changed (not executed). A commit that is lost is answered as unknown; the memory
 * follows what the row says. Without memory for more points, new ones are refused before they are
 * written.
 */
@NullMarked
package dev.starling.vectors;

import org.jspecify.annotations.NullMarked;
