package dev.starling.risk.training;

import dev.starling.risk.Features;

/**
 * One made-up order.
 *
 * @param risky how it turned out
 */
record Example(Features features, boolean risky) {}
