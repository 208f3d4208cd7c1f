package dev.starling.bus;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Who a call is made for: the verified subject and what it may do.
 *
 * @param subject the user's id; empty for an anonymous caller
 * @param scopes what the caller was granted, e.g. {@code users:read}; {@code admin} implies all
 * @param tenant whose customer the subject is; empty for none
 * @param tier what was agreed with it, e.g. {@code gold}; empty when the token does not say
 */
public record Principal(String subject, Set<String> scopes, String tenant, String tier) {
  /** The scope that stands for every other one. */
  public static final String ADMIN = "admin";

  public static final Principal ANONYMOUS = new Principal("", Set.of());

  public Principal {
    /*
     * Not Set.copyOf: its order differs from one JVM to the next, and so would the bytes on the wire,
     * and its linear probing makes a set of strings with one hash, which a peer may send, quadratic.
     */
    scopes = Collections.unmodifiableSet(new LinkedHashSet<>(scopes));
    scopes.forEach(Objects::requireNonNull);
    Objects.requireNonNull(tenant);
    Objects.requireNonNull(tier);
  }

  /** Somebody of no tenant and no tier. */
  public Principal(String subject, Set<String> scopes) {
    this(subject, scopes, "", "");
  }

  public boolean isAnonymous() {
    return subject.isEmpty();
  }

  public boolean isAdmin() {
    return scopes.contains(ADMIN);
  }

  public boolean may(String scope) {
    return scopes.contains(scope) || isAdmin();
  }
}
