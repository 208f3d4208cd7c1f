/**
 * The smallest service: it shows that a request reaches a verticle over the bus and comes back.
 *
 * <p>Contract: {@code GET /v1/ping} answers {@code {"message":"pong"}} to anybody, {@code GET
 * /v1/pings} a stream of numbered pings that goes on after the {@code Last-Event-ID} of a client
 * that comes back, and the WebSocket {@code /v1/echo} what it was sent. Failure modes: those of the
 * bus.
 */
@NullMarked
package dev.starling.ping;

import org.jspecify.annotations.NullMarked;
