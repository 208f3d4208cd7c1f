/**
 * What nodes that run {@code fusion} tell each other, and operators ask of it.
 *
 * <p>Contract: {@link dev.starling.contract.fusion.FusionContract}. Failure modes: what is not
 * heard is found in the log a moment later; nothing depends on a message.
 */
@NullMarked
package dev.starling.contract.fusion;

import org.jspecify.annotations.NullMarked;
