/**
 * What programs that load and hurt nodes share: a {@link dev.starling.load.LabNode} is a node in a
 * process of its own, {@link dev.starling.load.SignUps} make its users, and an {@link
 * dev.starling.load.OpenLoop} lets calls be made at fixed moments, so that a node that stands still
 * cannot hide it by not being asked.
 *
 * <p>Failure modes: a node that does not start or come back ends the program with its log.
 */
@NullMarked
package dev.starling.load;

import org.jspecify.annotations.NullMarked;
