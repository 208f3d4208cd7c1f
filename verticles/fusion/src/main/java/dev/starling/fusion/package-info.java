/**
 * Fusion: takes what users say and what their devices see and do, and decides what was meant
 * (docs/adr/0034-fusion.md).
 *
 * <p>Contract: the operations that {@link dev.starling.fusion.FusionVerticle} declares. What was
 * accepted is committed, once for each source and id of a user. An utterance is decided when the
 * lateness bound has passed, by whichever node finds it first; the decision, and the command for
 * {@code devices}, are one transaction. What comes later and changes a decision within the
 * correction window makes its next revision.
 *
 * <p>Failure modes: while a shard's database is away its users' events are refused as not executed,
 * and their utterances are decided afterwards. Without {@code text-features} utterances are stored
 * without a vector; without {@code image-features} pictures that come as bytes are refused as not
 * executed; without {@code devices} decisions wait. A node that is gone is replaced within a second
 * or two: every node looks for utterances that are due.
 */
@NullMarked
package dev.starling.fusion;

import org.jspecify.annotations.NullMarked;
