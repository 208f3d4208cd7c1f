/**
 * What a service announces of itself, so that every edge can route, document and police it.
 *
 * <p>Contract: a record is immutable and identified by the hash of its bytes; nodes fetch it from
 * each other when the hash in a heartbeat is new to them. Failure modes: a record that cannot be
 * decoded leaves the last good one in use.
 */
@NullMarked
package dev.starling.contract.service;

import org.jspecify.annotations.NullMarked;
