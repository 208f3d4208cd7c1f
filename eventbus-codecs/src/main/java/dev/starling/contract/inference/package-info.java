/** Runs models: tensors in, tensors out (docs/adr/0029-inference.md). */
@NullMarked
package dev.starling.contract.inference;

import org.jspecify.annotations.NullMarked;
