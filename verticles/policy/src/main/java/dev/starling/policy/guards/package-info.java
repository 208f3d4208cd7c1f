/**
 * The guards of a node, put together: what stands guard for the policy in force.
 *
 * <p>Contract: one {@link dev.starling.policy.guards.NodeGuards} per node, a resource of its scope.
 * Who enforces the policy takes {@link dev.starling.policy.guards.GuardSet}s from it, each the
 * whole of one policy file, and asks them for what guards a route, a service or a dependency.
 * Guards of rules that stay the same are the same objects in the next set.
 *
 * <p>Failure modes: somebody must tick ({@link dev.starling.policy.guards.NodeGuards#tick}) while
 * calls wait at a bulkhead, and observe once a second; without that, calls wait for as long as
 * nobody leaves, and nothing is degraded.
 */
@NullMarked
package dev.starling.policy.guards;

import org.jspecify.annotations.NullMarked;
