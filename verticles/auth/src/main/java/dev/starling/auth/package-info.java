/**
 * Who is calling: sign-up, tokens, signing keys and revocation.
 *
 * <p>Contract: {@link dev.starling.contract.auth.AuthContract} for other services; over HTTP the
 * operations that {@link dev.starling.auth.AuthVerticle} declares. A token that is not good is an
 * answer, never a failure.
 *
 * <p>Failure modes: without its database nobody can sign up, in or out ({@code NOT_EXECUTED}, or
 * {@code UNKNOWN_OUTCOME} when a commit was under way), and tokens are verified with the keys and
 * revocations that are known. Without the users service the same. When passwords come faster than
 * they can be hashed, calls are refused at once ({@code NOT_EXECUTED} with {@code retry-after}).
 */
@NullMarked
package dev.starling.auth;

import org.jspecify.annotations.NullMarked;
