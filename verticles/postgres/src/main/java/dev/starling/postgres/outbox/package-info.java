/**
 * What a service does to tell others of what it committed, and to act once on what it is told.
 *
 * <p>{@link dev.starling.postgres.outbox.Outbox} appends events in the transaction of what they
 * tell of; {@link dev.starling.postgres.outbox.EventConsumer} acts on them, and books each once
 * with {@link dev.starling.postgres.outbox.Inbox} in the transaction of its effect. Between the
 * two, the relay of the outbox service delivers (docs/outbox.md).
 *
 * <p>Contract and failure modes:
 *
 * <ul>
 *   <li>An event is there if and only if the transaction that appended it was committed.
 *   <li>It is delivered at least once, in the order of its aggregate, until each consumer has taken
 *       it or it is a dead letter for that consumer. Nothing is lost while a consumer, a node or a
 *       database is away.
 *   <li>A consumer that uses the inbox has each effect once, whatever is delivered how often.
 * </ul>
 */
@NullMarked
package dev.starling.postgres.outbox;

import org.jspecify.annotations.NullMarked;
