package dev.starling.ratelimiter;

/**
 * A request for permits of a shared bucket; whoever answers it tells the lease.
 *
 * @param need permits without which nothing is lent; 1 or more
 * @param want permits to lend if there are as many; {@code need} or more
 */
record Ask(Lease lease, int need, int want) {}
