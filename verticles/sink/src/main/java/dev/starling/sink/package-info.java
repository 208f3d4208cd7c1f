/**
 * A sink for events: copies those of some types to a stream outside of the platform, for consumers
 * that are not on its bus.
 *
 * <p>Contract: {@link dev.starling.sink.SinkVerticle} is the consumer {@code sink} of the outbox,
 * when it is configured. An {@link dev.starling.sink.EventSink} gets each event at least once,
 * those of one aggregate in their order; who reads the stream drops what it has seen by the event's
 * id.
 *
 * <p>Failure modes: while the sink is away events wait in the outbox, and count as open there. A
 * batch that was taken but whose answer was lost is in the stream twice. A stream that is cut to
 * its length loses its oldest entries, whether they were read or not.
 */
@NullMarked
package dev.starling.sink;

import org.jspecify.annotations.NullMarked;
