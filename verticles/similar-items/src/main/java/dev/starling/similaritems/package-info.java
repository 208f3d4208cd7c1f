/**
 * Products that are like another one.
 *
 * <p>Contract: takes {@link dev.starling.contract.order.ProductContract#LISTED} as consumer {@code
 * similar-items} and keeps a vector of each product's name in a collection that it owns; clients
 * read with the operation that {@link dev.starling.similaritems.SimilarItemsVerticle} declares. It
 * has no tables: what a product is called it asks of orders. What was for sale before this service
 * ran is caught up with in the background after each start. Stock is no criterion: it changes with
 * each order and is spread over all shards.
 *
 * <p>Failure modes: while vectors, the embedding model or orders are away, a node starts all the
 * same, events wait and use up no attempts, and reads are refused as not executed. A search that
 * left a part out says {@code partial}. An event whose data cannot be understood becomes a dead
 * letter.
 */
@NullMarked
package dev.starling.similaritems;

import org.jspecify.annotations.NullMarked;
