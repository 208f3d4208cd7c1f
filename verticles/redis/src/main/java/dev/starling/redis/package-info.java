/**
 * Redis for verticles: commands and scripts with a deadline, on a connection that heals by itself.
 *
 * <p>Contract: every command ends within the time that its caller gives it, whatever Redis does;
 * what waits is bounded. Nothing here is the truth of anything: whoever uses it must have an answer
 * without it.
 *
 * <p>Failure modes: while Redis is away commands fail at once, and the connection is tried anew in
 * the background, with growing pauses; a command that timed out may have been executed.
 */
@NullMarked
package dev.starling.redis;

import org.jspecify.annotations.NullMarked;
