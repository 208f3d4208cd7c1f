/**
 * Whether a cluster kept its word about orders: clients write down what they asked and heard,
 * faults strike meanwhile, and in the end the history is compared with what the databases hold.
 *
 * <p>{@link dev.starling.chaos.orders.History} is what clients saw, {@link
 * dev.starling.chaos.orders.Evidence} what is stored, and {@link
 * dev.starling.chaos.orders.HistoryChecker} compares the two in plain Java, knowing nothing of the
 * cluster. {@link dev.starling.chaos.orders.Shoppers} make the history, and {@link
 * dev.starling.chaos.orders.Nemesis} makes it difficult.
 *
 * <p>Failure modes: whatever the clients cannot know is in the history as unknown, never as success
 * or failure; a run in which an invariant had nothing to examine is no proof and says so.
 */
@NullMarked
package dev.starling.chaos.orders;

import org.jspecify.annotations.NullMarked;
