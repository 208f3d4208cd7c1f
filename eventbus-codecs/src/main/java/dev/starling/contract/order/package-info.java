/** What orders tell everybody who subscribes to their events. */
@NullMarked
package dev.starling.contract.order;

import org.jspecify.annotations.NullMarked;
