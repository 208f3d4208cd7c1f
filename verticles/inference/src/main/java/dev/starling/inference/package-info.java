/**
 * Runs ONNX models for the cluster (docs/adr/0029-inference.md).
 *
 * <p>Contract: {@link dev.starling.contract.inference.InferenceContract} for running a model,
 * {@link dev.starling.contract.inference.ModelContract} for what there is and for changing it.
 * Failure modes: those of the ADR's table.
 */
@NullMarked
package dev.starling.inference;

import org.jspecify.annotations.NullMarked;
