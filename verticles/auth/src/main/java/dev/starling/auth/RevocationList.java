package dev.starling.auth;

import dev.starling.contract.auth.AuthContract.TokensRevoked;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The revocations that still matter, in memory.
 *
 * <p>Thread-safe; shared by the instances of a node. Its size is bounded by time: an entry goes
 * when the last token that it concerns has expired by itself. Adding an entry twice is harmless.
 */
final class RevocationList {
  private final Map<String, Long> forgetTokenAfter = new ConcurrentHashMap<>();
  private final Map<String, SubjectEntry> subjects = new ConcurrentHashMap<>();

  /** All tokens of a subject that were issued up to a moment; seconds since the epoch. */
  private record SubjectEntry(long issuedUpTo, long forgetAfter) {
    SubjectEntry merge(SubjectEntry other) {
      return new SubjectEntry(
          Math.max(issuedUpTo, other.issuedUpTo), Math.max(forgetAfter, other.forgetAfter));
    }
  }

  /** Adds an entry; false when nothing new was said. */
  boolean add(TokensRevoked revoked) {
    boolean isNew = false;
    if (!revoked.tokenId().isEmpty()) {
      isNew = forgetTokenAfter.put(revoked.tokenId(), revoked.forgetAfterSeconds()) == null;
    }
    if (!revoked.subject().isEmpty()) {
      SubjectEntry entry =
          new SubjectEntry(revoked.issuedUpToSeconds(), revoked.forgetAfterSeconds());
      SubjectEntry before = subjects.get(revoked.subject());
      SubjectEntry after = subjects.merge(revoked.subject(), entry, SubjectEntry::merge);
      isNew |= !after.equals(before);
    }
    return isNew;
  }

  boolean isRevoked(AccessToken token) {
    if (forgetTokenAfter.containsKey(token.id())) {
      return true;
    }
    SubjectEntry entry = subjects.get(token.subject());
    return entry != null && token.issuedAtSeconds() <= entry.issuedUpTo;
  }

  void forgetExpired(long nowSeconds) {
    forgetTokenAfter.values().removeIf(after -> after < nowSeconds);
    subjects.values().removeIf(entry -> entry.forgetAfter < nowSeconds);
  }

  int size() {
    return forgetTokenAfter.size() + subjects.size();
  }
}
