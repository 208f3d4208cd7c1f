/**
 * An example of a third-party verticle: a jar that is dropped into {@code verticles.path}.
 *
 * <p>Contract: {@code GET /v1/greetings/{name}} greets anybody; {@code POST /v1/greetings}, for
 * callers with the scope {@code greetings:write}, adds a greeting; {@code GET /v1/greetings} lists
 * the latest that this node remembers. Failure modes: those of the bus; what was added is forgotten
 * when the node stops.
 */
@NullMarked
package dev.starling.greeting;

import org.jspecify.annotations.NullMarked;
