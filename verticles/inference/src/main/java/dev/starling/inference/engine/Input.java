package dev.starling.inference.engine;

import dev.starling.contract.inference.Tensor;
import java.util.List;

/**
 * A tensor that was found to fit.
 *
 * @param texts its elements, when they are {@code BYTES}; otherwise empty
 */
record Input(Tensor tensor, List<String> texts) {}
