/**
 * Points: what users' orders are worth.
 *
 * <p>Contract: takes {@link dev.starling.contract.order.OrderEvents} as consumer {@code points} and
 * books each once, in a ledger beside the user's other data; clients read it with the operation
 * that {@link dev.starling.points.PointsVerticle} declares. A cancelled order takes back exactly
 * what it gave, in whichever order the two events come. The ledger follows the orders after a
 * moment (timer {@code events.booked.delay}).
 *
 * <p>Failure modes: while a shard's database is away its events wait, and reads of its users are
 * refused as not executed. An event whose data cannot be understood becomes a dead letter with the
 * reason; the others go on.
 */
@NullMarked
package dev.starling.points;

import org.jspecify.annotations.NullMarked;
