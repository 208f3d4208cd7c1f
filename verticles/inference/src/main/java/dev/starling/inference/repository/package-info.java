/**
 * The models of a node: what lies in its directories, what is loaded of it, and how one version
 * takes the place of another.
 *
 * <p>Contract: {@link dev.starling.inference.repository.ModelRepository}. Changes of a model happen
 * one after the other, on a few threads of the repository's own; {@link
 * dev.starling.inference.repository.Versions} decides what follows from what and knows no thread.
 * Failure modes: a version that cannot be read, is refused, fails its trial or does not load leaves
 * what serves untouched, and says why in its record; with too many changes waiting, one more is
 * {@code OVERLOADED}.
 */
@NullMarked
package dev.starling.inference.repository;

import org.jspecify.annotations.NullMarked;
