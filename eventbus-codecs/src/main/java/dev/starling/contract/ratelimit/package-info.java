/**
 * What the rate limiter answers: may this call be spent now.
 *
 * <p>Contract: being limited is a reply. Failure modes: a caller that gets no answer decides by its
 * own policy whether to go on; the edge goes on, because a limiter that is away must not take the
 * service down.
 */
@NullMarked
package dev.starling.contract.ratelimit;

import org.jspecify.annotations.NullMarked;
