/** Events that happened, on their way from the outbox to those who act on them. */
@NullMarked
package dev.starling.contract.event;

import org.jspecify.annotations.NullMarked;
