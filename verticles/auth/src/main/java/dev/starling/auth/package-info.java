/**
 * Who is calling: sign-up, tokens, signing keys and revocation.
 *
 * <p>Contract: {@link dev.starling.contract.auth.AuthContract} for other services; over HTTP the
 * operations that {@link dev.starling.auth.AuthVerticle} declares. A token that is not good is an
 * answer, never a failure.
 */
@NullMarked
package dev.starling.auth;

import org.jspecify.annotations.NullMarked;
