/**
 * The rate limiter: decides whether a call may be spent, against every window that it counts in.
 *
 * <p>Contract: serves {@link dev.starling.contract.ratelimit.RateLimitContract#SPEND}. Policies say
 * what is counted together (by consumer, route, IP or a combination), on which routes, and how much
 * per window; all that apply to a call must have a permit for it, and a call that is limited spends
 * nothing. All instances of a node count in one table. Limits hold per node: a consumer whose calls
 * reach three nodes may spend each limit three times, and no limit is divided behind the operator's
 * back.
 *
 * <p>Failure modes: a call whose cost no bucket ever holds is limited with a wait of 292 years
 * ({@link Long#MAX_VALUE} ns), which is never. When more keys are active than the table has room
 * for, the least recently used of a set starts afresh, counted as {@code ratelimit.evictions}. A
 * node that restarts has forgotten what was spent. Source of the design:
 * docs/adr/0008-rate-limiter.md.
 */
@NullMarked
package dev.starling.ratelimiter;

import org.jspecify.annotations.NullMarked;
