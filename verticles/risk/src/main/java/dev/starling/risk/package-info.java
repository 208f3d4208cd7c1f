/**
 * How risky an order is, by a model.
 *
 * <p>Contract: takes {@link dev.starling.contract.order.OrderEvents} as consumer {@code risk},
 * keeps what is needed to describe a user's next order ({@link dev.starling.risk.Feature}) and
 * scores each order once, in the user's shard. The model is asked over the bus, while no
 * transaction is open. Those with the scope {@code risk:read} see scores, and may ask for the score
 * of an order that does not exist; customers do not.
 *
 * <p>Failure modes: while the model or a shard's database is away, events wait and use up no
 * attempts; there is never a score that the model did not give. An answer that is no probability,
 * or a model that takes other features, is a failure that counts. An event whose data cannot be
 * understood becomes a dead letter.
 *
 * <p>The model {@code order-risk} is trained when this module is built: {@link
 * dev.starling.risk.training}.
 */
@NullMarked
package dev.starling.risk;

import org.jspecify.annotations.NullMarked;
