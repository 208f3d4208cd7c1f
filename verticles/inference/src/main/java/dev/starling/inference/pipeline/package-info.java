/**
 * What is done around a graph: text to tokens before it, pooling and normalising after it.
 *
 * <p>Contract: {@link dev.starling.inference.pipeline.TextTokenizer} and {@link
 * dev.starling.inference.pipeline.Vectors}. Failure modes: a tokenizer's file that cannot be read
 * is refused when it is opened; nothing is fetched from anywhere.
 */
@NullMarked
package dev.starling.inference.pipeline;

import org.jspecify.annotations.NullMarked;
