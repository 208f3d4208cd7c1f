/**
 * Runs loaded models: queues, batches, pipelines, ONNX Runtime's sessions on threads of their own.
 *
 * <p>Contract: {@link dev.starling.inference.engine.Engine} loads a {@link
 * dev.starling.inference.engine.Model}. It knows nothing of the repository, and of the bus only its
 * vocabulary. Failure modes: what keeps a version from being served is a {@link
 * dev.starling.inference.engine.ModelException} as it is loaded; what befalls a request is in the
 * table of docs/adr/0029-inference.md.
 */
@NullMarked
package dev.starling.inference.engine;

import org.jspecify.annotations.NullMarked;
