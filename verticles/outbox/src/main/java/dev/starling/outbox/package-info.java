/**
 * The relays: they bring events from the outbox of every shard to those who subscribed to them.
 *
 * <p>{@link dev.starling.outbox.OutboxVerticle} has a {@code Relay} for each database and range of
 * eight shards that its node is the owner of (docs/adr/0025-outbox.md).
 *
 * <p>Contract and failure modes:
 *
 * <ul>
 *   <li>An event is sent to a consumer until the consumer has taken it, or it is a dead letter. It
 *       is not sent while an earlier one of its aggregate is open. It may be sent more than once.
 *   <li>A relay whose term is over may still send what it has read, and marks nothing.
 *   <li>A consumer that does not run, or has no room, is left alone for a while; its events wait,
 *       and no attempt is counted.
 *   <li>A database that cannot be reached delays the events in it and no others.
 * </ul>
 */
@NullMarked
package dev.starling.outbox;

import org.jspecify.annotations.NullMarked;
