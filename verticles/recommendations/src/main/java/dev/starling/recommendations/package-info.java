/**
 * Recommendations: what people who bought the same things bought besides.
 *
 * <p>Contract: takes {@link dev.starling.contract.order.OrderEvents} as consumer {@code
 * recommendations}, and counts in the shard of the buyer which articles were bought together.
 * Clients ask for the articles that go best with theirs; the counts of all shards are added up when
 * they do (docs/adr/0028-co-purchases.md). An order that is cancelled takes its counts back.
 *
 * <p>Failure modes: a database that does not answer in time is left out, and the answer says that
 * it is partial; without the caller's own shard there is no answer. Answers are kept for a moment,
 * so they may be that old.
 */
@NullMarked
package dev.starling.recommendations;

import org.jspecify.annotations.NullMarked;
