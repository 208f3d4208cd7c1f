/**
 * The smallest service: it shows that a request reaches a verticle over the bus and comes back.
 *
 * <p>Contract: {@code GET /v1/ping} answers {@code {"message":"pong"}} to anybody. Failure modes:
 * those of the bus.
 */
@NullMarked
package dev.starling.ping;

import org.jspecify.annotations.NullMarked;
