/** Turns texts and pictures into what can be compared (docs/adr/0034-fusion.md). */
@NullMarked
package dev.starling.contract.features;

import org.jspecify.annotations.NullMarked;
