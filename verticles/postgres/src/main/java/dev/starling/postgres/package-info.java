/**
 * PostgreSQL for a node: an embedded server that the nodes of one host share, a bounded connection
 * pool, schema migrations, SQL failures as values, and the ownership of what only one node of the
 * cluster may do.
 *
 * <p>{@link dev.starling.postgres.Postgres} is the entrance: it starts the embedded server when
 * {@code postgres.uri} is empty, connects to the named server otherwise, and closes what it opened.
 * Everything after that is the same for both.
 *
 * <p>Failure modes:
 *
 * <ul>
 *   <li>The server cannot be started, or is not durable: {@link
 *       dev.starling.postgres.PostgresException} with one line that says what to change.
 *   <li>The server dies later: calls fail as {@code UNAVAILABLE} or {@code UNKNOWN_OUTCOME} ({@link
 *       dev.starling.postgres.SqlFailure}); any surviving node of the host restarts it.
 *   <li>The primary cannot be reached for two seconds: calls fail at once as {@code UNAVAILABLE}.
 *   <li>A node is no longer the owner of a singleton: its writes end as {@link
 *       dev.starling.postgres.FencedWrite.Fenced}, whatever it believes.
 *   <li>Too many callers: the wait queue and the wait are bounded, the rest fail as {@code
 *       UNAVAILABLE}.
 * </ul>
 */
@NullMarked
package dev.starling.postgres;

import org.jspecify.annotations.NullMarked;
