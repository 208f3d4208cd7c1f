package dev.starling.policy.decision;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Numbers that nobody guesses, so that who was told one id cannot ask for those of others. Drawn in
 * batches: a secure source takes about as long for 64 of them as for one. Not thread-safe.
 */
final class DecisionTags {
  private static final int BATCH = 64;

  private final RandomGenerator random;
  private final ByteBuffer drawn = ByteBuffer.allocate(BATCH * Integer.BYTES);

  DecisionTags(RandomGenerator random) {
    this.random = random;
    drawn.position(drawn.limit());
  }

  int next() {
    if (!drawn.hasRemaining()) {
      random.nextBytes(drawn.array());
      drawn.rewind();
    }
    return drawn.getInt();
  }
}
