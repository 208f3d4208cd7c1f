/**
 * The rules of a policy file, one record for each kind, as they are written.
 *
 * <p>Contract: every record is immutable and valid; its compact constructor refuses what cannot be
 * meant, in the form {@code key: value (expected: …)}. Records know nothing of each other: what
 * holds for a whole section or file is checked where the file is read.
 */
@NullMarked
package dev.starling.policy.rule;

import org.jspecify.annotations.NullMarked;
