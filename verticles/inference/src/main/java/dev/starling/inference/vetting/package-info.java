/**
 * Looks through an ONNX file without building what it describes, since what ONNX Runtime is told by
 * a file it does: read other files, run code of others, take memory that is not there.
 *
 * <p>Contract: {@link dev.starling.inference.vetting.OnnxVetting}; the outcome is a value. What it
 * lets through is not proven to be harmless, only to have no known way out: the trial ({@code
 * dev.starling.inference.trial}) runs it. Failure modes: a file that cannot be read is an {@link
 * java.io.IOException}; every other one is {@code Vetted} or {@code Rejected}, in memory that is
 * bounded whatever the file says.
 *
 * <p>Sources: the field numbers are those of onnx-ml.proto up to IR version 13; the versions of
 * operators are those that ONNX Runtime 1.26.0 accepts.
 */
@NullMarked
package dev.starling.inference.vetting;

import org.jspecify.annotations.NullMarked;
