/**
 * The typed bus: how a verticle calls another one, wherever that runs.
 *
 * <p>Contract: a call is a send over the Vert.x event bus to one instance of a service, chosen by a
 * {@link dev.starling.bus.Router}; its answer is a send back to the caller's inbox. Each context
 * has a bus of its own, which is used only on that context, so nothing here is locked. On a local
 * hop the immutable request object itself travels; between nodes it is encoded.
 *
 * <p>A stream is opened by a call; its two ends, each a {@link dev.starling.bus.BusStream}, then
 * send items to each other as far as they grant each other credit.
 *
 * <p>Failure modes: a call always ends, with a reply or with a {@link
 * dev.starling.bus.BusException} whose {@link dev.starling.bus.ErrorCode} says whether the work may
 * have been done. Work whose deadline has passed is dropped where it is found. The number of calls
 * in flight is bounded; one more fails with {@code OVERLOADED} at once. A stream ends by both of
 * its ends, or is reset: by either, when its peer's node is lost or silent, or when an item is
 * missing. A malformed frame fails the call it belongs to, or is counted and dropped if it belongs
 * to none.
 */
@NullMarked
package dev.starling.bus;

import org.jspecify.annotations.NullMarked;
