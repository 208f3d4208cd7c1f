/**
 * What a service does to tell others of what it committed, and to act once on what it is told.
 *
 * <p>{@link dev.starling.postgres.outbox.Outbox} appends events in the transaction of what they
 * tell of; {@link dev.starling.postgres.outbox.Inbox} lets a consumer book each event once, in the
 * transaction of its effect. Between the two, the relay of the outbox service delivers
 * (docs/adr/0025).
 */
@NullMarked
package dev.starling.postgres.outbox;

import org.jspecify.annotations.NullMarked;
