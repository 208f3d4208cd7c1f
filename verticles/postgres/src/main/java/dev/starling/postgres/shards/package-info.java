/**
 * Where the data of a user is: 32 logical shards, each a schema, spread over physical databases.
 *
 * <p>{@link dev.starling.postgres.shards.Shards} is the entrance: it knows which database holds a
 * shard now, runs units of work there, follows a shard that moves, and brings every shard's schema
 * up to date. What has no owner (who holds which e-mail address, where shards are, signing keys)
 * stays in the home database, the one that {@code postgres.uri} names.
 *
 * <p>Contract and failure modes (docs/adr/0023-shards.md):
 *
 * <ul>
 *   <li>A shard is in one database at a time. A unit of work that meets a shard on its way finds no
 *       schema there; it waits for the new place within its limit and is run again. Nothing of the
 *       first attempt was kept, so nothing is lost or done twice.
 *   <li>A database that cannot be reached fails the calls for its shards as {@code UNAVAILABLE};
 *       those of the other databases do not notice. Without the home database shards do not move,
 *       and stay where they are.
 *   <li>A database that is not the one whose name it has in the configuration is refused at the
 *       start, before anything is written.
 *   <li>A read from a replica says how far behind it may be; if none is near enough the primary
 *       answers.
 * </ul>
 */
@NullMarked
package dev.starling.postgres.shards;

import org.jspecify.annotations.NullMarked;
