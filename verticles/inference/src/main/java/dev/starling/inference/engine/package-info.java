/**
 * Runs loaded models: queues, batches, pipelines, ONNX Runtime's sessions on threads of their own.
 *
 * <p>Contract: {@link dev.starling.inference.engine.Model}. It knows nothing of the repository, nor
 * of the bus.
 */
@NullMarked
package dev.starling.inference.engine;

import org.jspecify.annotations.NullMarked;
