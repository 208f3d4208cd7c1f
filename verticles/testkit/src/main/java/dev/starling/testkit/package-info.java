/**
 * What tests of verticles stand on: a node with a real bus in one process, and the contract tests
 * that every verticle extends.
 *
 * <p>Contract: nothing here imitates the bus or a database; only the clock is set by the test.
 * Failure modes: a call that does not end fails the test after {@link
 * dev.starling.testkit.TestNode#PATIENCE}.
 */
@NullMarked
package dev.starling.testkit;

import org.jspecify.annotations.NullMarked;
