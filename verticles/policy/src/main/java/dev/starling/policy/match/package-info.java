/**
 * What rules are compared with: routes and callers.
 *
 * <p>Contract: patterns are compiled once and immutable; comparing one with a call is bounded by
 * the length of both, and allocates nothing for what depends on the route alone.
 */
@NullMarked
package dev.starling.policy.match;

import org.jspecify.annotations.NullMarked;
