package dev.starling.auth;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys that tokens may be signed with now. Immutable; replaced as a whole.
 *
 * @param byId the keys that a {@code kid} can name
 * @param unnamed the key of tokens without a {@code kid}; null when they are refused
 */
record VerificationKeys(Map<String, VerificationKey> byId, @Nullable VerificationKey unnamed) {

  VerificationKeys {
    byId = Map.copyOf(byId);
  }

  /**
   * The key that a header asks for, or null: {@code keyId} is untrusted text and only looked up.
   */
  @Nullable VerificationKey find(String algorithm, @Nullable String keyId) {
    VerificationKey key = keyId == null ? unnamed : byId.get(keyId);
    return key != null && key.algorithm().equals(algorithm) ? key : null;
  }
}
