package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrincipalTest {

  @Test
  void may_scopeGranted_isTrue() {
    Principal principal = new Principal("zoe", Set.of("users:read"));

    assertThat(principal.may("users:read")).isTrue();
    assertThat(principal.may("users:write")).isFalse();
    assertThat(principal.isAdmin()).isFalse();
    assertThat(principal.isAnonymous()).isFalse();
  }

  @Test
  void may_admin_impliesEveryScope() {
    Principal principal = new Principal("root", Set.of(Principal.ADMIN));

    assertThat(principal.may("users:write")).isTrue();
    assertThat(principal.isAdmin()).isTrue();
  }

  @Test
  void anonymous_always_mayNothing() {
    assertThat(Principal.ANONYMOUS.isAnonymous()).isTrue();
    assertThat(Principal.ANONYMOUS.may("users:read")).isFalse();
  }

  @Test
  void scopes_setChangedAfterwards_stayAsTheyWere() {
    Set<String> scopes = new HashSet<>(Set.of("a"));
    Principal principal = new Principal("zoe", scopes);

    scopes.add(Principal.ADMIN);

    assertThat(principal.scopes()).containsExactly("a");
    assertThatThrownBy(() -> principal.scopes().add("b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void scopes_anyOrder_isKeptButDoesNotMatterForEquality() {
    Principal ab = new Principal("zoe", new LinkedHashSet<>(List.of("a", "b")));
    Principal ba = new Principal("zoe", new LinkedHashSet<>(List.of("b", "a")));

    assertThat(ba.scopes()).containsExactly("b", "a");
    assertThat(ab).isEqualTo(ba).hasSameHashCodeAs(ba);
  }

  @Test
  void scopes_nullInside_isRefused() {
    assertThatThrownBy(() -> new Principal("zoe", Collections.singleton(null)))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void tenantAndTier_notGiven_areEmpty() {
    assertThat(new Principal("zoe", Set.of()))
        .isEqualTo(new Principal("zoe", Set.of(), "", ""))
        .isNotEqualTo(new Principal("zoe", Set.of(), "acme", ""));
  }
}
