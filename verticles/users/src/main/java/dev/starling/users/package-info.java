/**
 * The users service: it alone owns people's e-mail addresses, names and profiles.
 *
 * <p>Contract: {@link dev.starling.contract.users.UsersContract} for other services; for clients
 * the operations that {@link dev.starling.users.UsersVerticle} declares. PostgreSQL is the truth: a
 * write is answered after its commit. Each user is in the shard of its id; who may have which
 * e-mail address is in the home database (docs/adr/0026-one-email-one-user.md). A profile read
 * comes from a near-cache that is never more than {@code users.cache-max-staleness} behind the
 * database, whatever messages were lost (docs/adr/0009-near-cache.md).
 *
 * <p>Failure modes: without the database of its user a request is refused as not executed; when it
 * is lost during a commit, as of unknown outcome. Without the home database nobody signs up or
 * changes an address. The list needs all databases. While the change feed of a database cannot be
 * read the cache is bypassed for its users.
 */
@NullMarked
package dev.starling.users;

import org.jspecify.annotations.NullMarked;
