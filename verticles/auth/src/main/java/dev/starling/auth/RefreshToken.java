package dev.starling.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A refresh token: the name of its family and 256 random bits, which clients cannot tell apart.
 *
 * <p>Immutable. Its text is base64url of 16 and 32 bytes, 64 characters; only the text's SHA-256 is
 * stored.
 */
final class RefreshToken {
  private static final int FAMILY_BYTES = 16;
  private static final int SECRET_BYTES = 32;
  private static final int BYTES = FAMILY_BYTES + SECRET_BYTES;
  private static final int LENGTH = BYTES / 3 * 4;

  private final UUID family;
  private final String text;

  private RefreshToken(UUID family, String text) {
    this.family = family;
    this.text = text;
  }

  /** A new token of a family. */
  static RefreshToken generate(UUID family, SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    byte[] bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(family.getMostSignificantBits())
            .putLong(family.getLeastSignificantBits())
            .put(secret)
            .array();
    return new RefreshToken(family, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The token in {@code text}, or null when it has not the form of one. */
  static @Nullable RefreshToken parse(String text) {
    byte[] bytes = new byte[BYTES];
    if (text.length() != LENGTH
        || Base64Url.decode(text.getBytes(StandardCharsets.ISO_8859_1), 0, LENGTH, bytes) < 0) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    return new RefreshToken(new UUID(fields.getLong(), fields.getLong()), text);
  }

  UUID family() {
    return family;
  }

  String text() {
    return text;
  }

  byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no SHA-256 (expected: every JVM has)", e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "RefreshToken[of " + family + "]";
  }
}
