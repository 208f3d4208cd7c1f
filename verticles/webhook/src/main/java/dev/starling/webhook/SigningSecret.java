package dev.starling.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a receiver and the sender share, so that the receiver knows who sent a message.
 *
 * <p>Immutable, thread-safe; never printed. Scheme {@code v1} of Standard Webhooks: HMAC-SHA256.
 */
public final class SigningSecret {
  private static final String PREFIX = "whsec_";

  /** What Standard Webhooks asks for. */
  private static final int MIN_BYTES = 24;

  private static final int MAX_BYTES = 64;
  private static final int RANDOM_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private SigningSecret(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * Reads {@code whsec_} and 24 to 64 bytes in base64.
   *
   * @throws IllegalArgumentException for anything else, without repeating it
   */
  public static SigningSecret parse(String text) {
    byte[] bytes = {};
    if (text.startsWith(PREFIX)) {
      try {
        bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      } catch (IllegalArgumentException e) {
        // Reported below, like one that is too short.
      }
    }
    if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "unusable (expected: whsec_ and %d..%d bytes in base64)".formatted(MIN_BYTES, MAX_BYTES));
    }
    return new SigningSecret(bytes);
  }

  /** The text of a new secret, which nobody can guess. */
  public static String fresh(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  /** One of the space-separated entries of {@code webhook-signature}. */
  String signature(String id, long timestamp, String body) {
    byte[] signed = (id + "." + timestamp + "." + body).getBytes(UTF_8);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  @Override
  public String toString() {
    return "SigningSecret[***]";
  }
}
