/**
 * Traffic policy: one validated file that says what is limited, guarded, cached, degraded and shed,
 * and the framework-free guards that it configures.
 *
 * <p>Contract: a {@code Policies} is an immutable snapshot, worked out once from a valid file;
 * whoever asks for the current one gets a whole one, never a mixture of two files. A file that is
 * not valid changes nothing. Guards are given the time and answer in constant time. They hold no
 * Vert.x type, except for {@link dev.starling.policy.guards.DependencyGuard}, which stands before
 * clients that answer with futures, and what waits for it.
 *
 * <p>Failure modes: no file means the shipped rules; a file that cannot be read or is wrong keeps
 * the last good snapshot, and at the start stops the node with one line. See
 * docs/adr/0016-policy.md.
 */
@NullMarked
package dev.starling.policy;

import org.jspecify.annotations.NullMarked;
