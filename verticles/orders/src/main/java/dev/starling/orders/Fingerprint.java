package dev.starling.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;

/**
 * Tells whether two bodies ask for the same: what a body means counts, not how its JSON is written.
 *
 * <p>The order of lines counts, since it is kept. 128 bits of SHA-256; whoever makes two bodies
 * collide only has one of his own requests answered with another.
 */
final class Fingerprint {
  private Fingerprint() {}

  static UUID of(List<OrderLine> lines) {
    MessageDigest digest = sha256();
    for (OrderLine line : lines) {
      // No SKU contains a NUL.
      digest.update(line.sku().getBytes(UTF_8));
      digest.update((byte) 0);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, line.quantity()));
    }
    ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
