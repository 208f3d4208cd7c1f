/** Keeps vectors and finds the nearest ones (docs/adr/0030-vectors.md). */
@NullMarked
package dev.starling.contract.vectors;

import org.jspecify.annotations.NullMarked;
