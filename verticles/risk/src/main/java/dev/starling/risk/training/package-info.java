/**
 * Trains the model {@code order-risk} when the module is built; not in the jar, which has the
 * model.
 *
 * <p>The orders are made up: no shop's data may be given away. {@link
 * dev.starling.risk.training.OrderGenerator} says how, and which hidden rule makes some of them
 * risky. The features are computed by the same code as for real orders. Everything is in plain Java
 * with a seed and strict arithmetic, so two builds give the same model to the byte.
 */
@NullMarked
package dev.starling.risk.training;

import org.jspecify.annotations.NullMarked;
