/**
 * What the users service answers to other services: it owns a person's e-mail address.
 *
 * <p>Contract: an address is reserved, then confirmed; both may be repeated. Failure modes: {@code
 * UNAVAILABLE} when the database cannot be reached before the work, {@code UNKNOWN_OUTCOME} when it
 * was lost during a commit.
 */
@NullMarked
package dev.starling.contract.users;

import org.jspecify.annotations.NullMarked;
