/**
 * Where a node's configuration comes from: defaults, a file, the environment, flags, in that order.
 *
 * <p>Contract: the sources are laid over each other at start, and again when the file changes; the
 * result is validated as a whole each time. Failure modes: an unknown key is refused with the
 * nearest known one; a value that does not fit is refused with its key and what was expected; an
 * unknown environment variable is only warned about, because platforms inject variables of their
 * own.
 */
@NullMarked
package dev.starling.cluster.config;

import org.jspecify.annotations.NullMarked;
