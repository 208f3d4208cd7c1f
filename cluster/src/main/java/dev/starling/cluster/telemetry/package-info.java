/**
 * Sends spans of sampled traces to a collector of OpenTelemetry, over OTLP/HTTP. The SDK is known
 * here only.
 *
 * <p>Failure modes: a collector that is away or slow costs spans, which are counted, and nothing
 * else; whoever hands one in never waits. What is in the queue when the node stops is sent if that
 * takes no longer than a few seconds.
 */
@NullMarked
package dev.starling.cluster.telemetry;

import org.jspecify.annotations.NullMarked;
