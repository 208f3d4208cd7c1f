/**
 * The orders service: products with stock, and orders that take it.
 *
 * <p>Contract (docs/adr/0024-orders.md): an order is answered as placed after its commit, and
 * placed once for each of its user's idempotency keys. Stock is never negative and never sold
 * twice. What an order changes is in its user's shard, in one transaction with the event that tells
 * of it.
 *
 * <p>Failure modes: what was not sent to the database, or was rolled back, is refused as not
 * executed; an order whose commit got no answer is of unknown outcome, and its key tells later what
 * became of it. While a database is down its users' orders are refused, those of others are not.
 */
@NullMarked
package dev.starling.orders;

import org.jspecify.annotations.NullMarked;
