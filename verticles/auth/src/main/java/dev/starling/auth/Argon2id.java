package dev.starling.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id (RFC 9106) into the PHC string format.
 *
 * <p>Thread-safe. Every method costs what it is meant to cost, tens of milliseconds and {@code
 * memoryKib} of memory, so none may be called on an event loop.
 */
final class Argon2id {
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final int memoryKib;
  private final int iterations;
  private final SecureRandom random;
  private final AtomicLong computed = new AtomicLong();

  Argon2id(int memoryKib, int iterations, SecureRandom random) {
    this.memoryKib = memoryKib;
    this.iterations = iterations;
    this.random = random;
  }

  /** A new hash with a salt of its own. */
  String hash(String password) {
    byte[] salt = randomBytes(SALT_BYTES);
    return encode(salt, derive(password, salt, memoryKib, iterations, 1, HASH_BYTES));
  }

  /** What no password matches, and what it costs as much to compare with as with any hash. */
  String unmatchable() {
    return encode(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  }

  /** Whether {@code stored} was made from this password, at the cost that it was made with. */
  boolean matches(String password, String stored) {
    Matcher phc = PHC.matcher(stored);
    if (!phc.matches()) {
      throw new IllegalArgumentException("stored hash: unknown format (expected: Argon2id)");
    }
    byte[] expected = Base64.getDecoder().decode(phc.group(5));
    byte[] actual =
        derive(
            password,
            Base64.getDecoder().decode(phc.group(4)),
            Integer.parseInt(phc.group(1)),
            Integer.parseInt(phc.group(2)),
            Integer.parseInt(phc.group(3)),
            expected.length);
    return MessageDigest.isEqual(expected, actual);
  }

  /** Whether {@code stored} was made at the cost that is configured now. */
  boolean isCurrent(String stored) {
    return stored.startsWith(prefix());
  }

  /** How many hashes have been computed, to make new ones and to compare. */
  long computed() {
    return computed.get();
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private String encode(byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return prefix() + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
  }

  private String prefix() {
    return "$argon2id$v=19$m=" + memoryKib + ",t=" + iterations + ",p=1$";
  }

  private byte[] derive(
      String password, byte[] salt, int memoryKib, int iterations, int lanes, int length) {
    computed.incrementAndGet();
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[length];
    // Two keyboards may write one letter as different code points (NIST SP 800-63B, 5.1.1.2).
    String normalised = Normalizer.normalize(password, Normalizer.Form.NFKC);
    generator.generateBytes(normalised.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }
}
