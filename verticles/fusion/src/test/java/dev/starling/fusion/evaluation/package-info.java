/**
 * How well a {@link dev.starling.fusion.core.Resolver} understands what nobody who wrote it has
 * seen: held-out wording, a generator of scenarios, baselines and their measurement. {@code
 * scripts/fusion-eval} runs it; docs/fusion-evaluation.md describes it.
 *
 * <p>Contract: {@link dev.starling.fusion.evaluation.Generator} makes the same scenarios from the
 * same seed, on any machine. Each says what a careful person would conclude from it.
 *
 * <p>Failure modes: wording that names a slot which nothing fills fails the generator.
 */
@NullMarked
package dev.starling.fusion.evaluation;

import org.jspecify.annotations.NullMarked;
