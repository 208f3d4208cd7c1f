package dev.starling.inferencejobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.inference.Tensor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;

/**
 * Tells whether two bodies ask for the same: what a body means counts, not how its JSON is written.
 *
 * <p>128 bits of SHA-256; whoever makes two bodies collide only has one of his own requests
 * answered with another.
 */
final class Fingerprint {
  private final MessageDigest digest;

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static UUID of(NewJob asked, List<Tensor> inputs, List<String> outputs) {
    Fingerprint print = new Fingerprint();
    print.text(asked.model());
    print.text(asked.version() == null ? "" : asked.version());
    print.text(asked.callbackUrl() == null ? "" : asked.callbackUrl());
    print.number(asked.expiresIn() == null ? 0 : asked.expiresIn());
    print.number(inputs.size());
    for (Tensor input : inputs) {
      print.text(input.name());
      print.text(input.type().name());
      print.number(input.shape().size());
      input.shape().forEach(print::number);
      print.bytes(input.data());
    }
    outputs.forEach(print::text);
    ByteBuffer bytes = ByteBuffer.wrap(print.digest.digest());
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  private void text(String text) {
    bytes(text.getBytes(UTF_8));
  }

  /** With the length before it, so that no two lists of parts give the same bytes. */
  private void bytes(byte[] bytes) {
    number(bytes.length);
    digest.update(bytes);
  }

  private void number(long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
  }
}
