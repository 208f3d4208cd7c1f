/**
 * What the policy of this node refused lately, and why.
 *
 * <p>Contract: one {@link dev.starling.policy.decision.Decisions} per node, a resource of its
 * scope. Whoever refuses a call by policy records it there and tells the client the id. It keeps
 * the last 4,096; recording one more forgets the oldest.
 */
@NullMarked
package dev.starling.policy.decision;

import org.jspecify.annotations.NullMarked;
