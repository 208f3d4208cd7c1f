/**
 * Devices: what users have registered, what it can do, and the commands that are brought to it.
 *
 * <p>Contract: clients register devices and read their commands with the operations that {@link
 * dev.starling.devices.DevicesVerticle} declares; other services list a user's devices ({@link
 * dev.starling.contract.device.DeviceContract}). Commands come as {@link
 * dev.starling.contract.device.FusionEvents#COMMAND} to the consumer {@code devices}, and are
 * booked once, beside the user's other data, in the inbox' transaction. What the device cannot do
 * is rejected there. A device gets the others over a stream, or through a web-hook ({@link
 * dev.starling.devices.DeviceWebhooksVerticle}), until it has acknowledged them, they have expired,
 * or a correction has taken their place (docs/adr/0035-devices.md).
 *
 * <p>Failure modes: a device may get a command more than once, always with the same id, which it
 * carries out once. That it was handed over does not mean that it arrived: what is not acknowledged
 * comes again with the next stream. While a shard's database is away its users' calls are refused
 * as not executed, and events wait. A web-hook that fails is tried again by the outbox until the
 * command has expired; one that can never be reached has it rejected.
 */
@NullMarked
package dev.starling.devices;

import org.jspecify.annotations.NullMarked;
