/**
 * The rate limiter: decides whether a call may be spent, against every window that it counts in.
 *
 * <p>Contract: serves {@link dev.starling.contract.ratelimit.RateLimitContract#SPEND}, and lends
 * permits to other nodes. Rules of the policy file say what is counted together, where, by which
 * algorithm, how much per window, and by whom: this node, the cluster, or everybody who uses the
 * same Redis. All that apply to a call must have a permit for it, and a call that is limited spends
 * nothing. All instances of a node count in one table.
 *
 * <p>How it is cut: {@link dev.starling.ratelimiter.RateLimiter} decides, from the buckets of
 * {@link dev.starling.ratelimiter.BucketTable}, to which {@link
 * dev.starling.ratelimiter.Arithmetic} gives a meaning, and from what each {@link
 * dev.starling.ratelimiter.Lease} has borrowed; {@link dev.starling.ratelimiter.Borrowing} waits
 * for those who lend.
 *
 * <p>Failure modes: a call whose cost no bucket ever holds is limited with a wait of 292 years
 * ({@link Long#MAX_VALUE} ns), which is never. When more keys are active than the table has room
 * for, the least recently used of a set starts afresh, counted as {@code ratelimit.evictions}. A
 * node that restarts has forgotten what was spent. While whoever keeps a shared bucket does not
 * answer, the node gives its share of the limit; no call fails by it. Source of the design:
 * docs/adr/0008-rate-limiter.md, docs/adr/0017-shared-limits.md.
 */
@NullMarked
package dev.starling.ratelimiter;

import org.jspecify.annotations.NullMarked;
