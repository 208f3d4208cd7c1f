/**
 * What the auth service answers to other services: is this token good, and whose is it.
 *
 * <p>Contract: being rejected is a reply. Failure modes: {@code OVERLOADED} under a flood; a caller
 * that gets no answer must treat the token as not verified.
 */
@NullMarked
package dev.starling.contract.auth;

import org.jspecify.annotations.NullMarked;
