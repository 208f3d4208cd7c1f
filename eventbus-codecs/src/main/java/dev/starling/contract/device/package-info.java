/**
 * What is known of users' devices, and how they are told to do something.
 *
 * <p>Contract: {@link dev.starling.contract.device.DeviceContract} is asked over the bus; {@link
 * dev.starling.contract.device.FusionEvents} come through the outbox, in the transaction that
 * decided them. Failure modes: {@code UNAVAILABLE} when the database of the user's shard cannot be
 * reached; an event then waits.
 */
@NullMarked
package dev.starling.contract.device;

import org.jspecify.annotations.NullMarked;
