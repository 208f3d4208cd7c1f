/**
 * Degradation: whose priority is lowered while a signal is beyond a threshold.
 *
 * <p>Contract: {@link dev.starling.policy.degradation.Degradation} is told the signals once a
 * second by one thread, and says to any thread what is in force. It decides nothing about a
 * request: it changes what a request is worth to those who do.
 */
@NullMarked
package dev.starling.policy.degradation;

import org.jspecify.annotations.NullMarked;
