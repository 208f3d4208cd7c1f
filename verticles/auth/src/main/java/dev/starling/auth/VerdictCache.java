package dev.starling.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what came of verifying a token's signature, under the token's exact text.
 *
 * <p>Thread-safe; shared by the instances of a node. An entry counts only while the keys are those
 * that it was made with, and it is no proof by itself: whoever uses it asks again whether the token
 * has expired or was revoked.
 */
final class VerdictCache {
  private final @Nullable Cache<String, Entry> entries;

  private record Entry(VerificationKeys keys, TokenVerdict verdict) {}

  VerdictCache(AuthConfig.VerifiedTokenCache config) {
    this.entries =
        config.enabled()
            ? Caffeine.newBuilder().maximumSize(config.maxEntries()).executor(Runnable::run).build()
            : null;
  }

  @Nullable TokenVerdict find(String token, VerificationKeys keys) {
    if (entries == null) {
      return null;
    }
    Entry entry = entries.getIfPresent(token);
    return entry != null && entry.keys == keys ? entry.verdict : null;
  }

  void put(String token, VerificationKeys keys, TokenVerdict verdict) {
    if (entries != null) {
      entries.put(token, new Entry(keys, verdict));
    }
  }
}
