/**
 * The public door of a cluster: HTTP in, calls over the bus out.
 *
 * <p>Contract: whatever operation a live node announces is served, policed and documented here; the
 * edge knows no service by name but {@code auth} and {@code rate-limiter}. Each request gets one
 * answer, within its deadline, and each error is a problem document of RFC 9457. Only this package
 * knows HTTP statuses, and only {@link dev.starling.edge.HttpErrors} maps outcomes to them. An
 * operation that is a stream is passed on as server-sent events, lines of JSON or over a WebSocket;
 * it runs at the pace of its client.
 *
 * <p>Threading: an instance and its connections live on one event loop, and nothing there takes a
 * lock or waits.
 *
 * <p>Failure modes: without {@code auth} operations that are not open answer 503; without {@code
 * rate-limiter} requests go on and are counted; without the operation's service the answer is 503.
 * A service that does not answer in time gives 504 with {@code outcome: unknown}. What the traffic
 * policy refuses is 429, 503 or 504, and names the rule.
 */
@NullMarked
package dev.starling.edge;

import org.jspecify.annotations.NullMarked;
