/**
 * The Open Inference Protocol (version 2) and OpenAI's embeddings over HTTP, for the models of the
 * cluster.
 *
 * <p>Contract: docs/inference.md. It holds no model: it calls {@link
 * dev.starling.contract.inference.InferenceContract} wherever one is, and knows which there are by
 * {@link dev.starling.contract.inference.ModelContract}. Failure modes: a model that nobody has is
 * absent, one that nobody can run now is not executed; what a request lacks is said with what was
 * expected. Errors of the protocol are {@code {"error": "…"}}.
 */
@NullMarked
package dev.starling.openinference;

import org.jspecify.annotations.NullMarked;
