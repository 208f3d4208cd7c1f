package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.membership.MembershipMessage.Announce;
import dev.starling.cluster.membership.OwnRegistrations.Outcome;
import dev.starling.cluster.membership.OwnRegistrations.Own;
import org.junit.jupiter.api.Test;

class OwnRegistrationsTest {
  private final OwnRegistrations own = new OwnRegistrations();

  @Test
  void add_shared_raisesTheVersionAndEntersTheState() {
    long before = own.version();

    assertThat(own.add("x", 1, false)).isEqualTo(Outcome.SHARED);

    assertThat(own.version()).isEqualTo(before + 1);
    assertThat(own.state().version()).isEqualTo(own.version());
    assertThat(own.state().registrations()).containsExactly(new Registration("x", 1));
  }

  @Test
  void add_localOnly_isSeenHereAndNeverInTheState() {
    long before = own.version();

    assertThat(own.add("x", 1, true)).isEqualTo(Outcome.LOCAL);

    assertThat(own.registrations("x")).containsExactly(new Own(1, true));
    assertThat(own.state().registrations()).isEmpty();
    assertThat(own.version()).isEqualTo(before);
    assertThat(own.remove("x", 1)).isEqualTo(Outcome.LOCAL);
    assertThat(own.registrations("x")).isEmpty();
  }

  @Test
  void add_twice_isOneRegistration() {
    own.add("x", 1, false);

    assertThat(own.add("x", 1, false)).isEqualTo(Outcome.UNCHANGED);
    assertThat(own.registrations("x")).hasSize(1);
  }

  @Test
  void remove_oneOfTwo_leavesTheOther() {
    own.add("x", 1, false);
    own.add("x", 2, false);

    assertThat(own.remove("x", 1)).isEqualTo(Outcome.SHARED);

    assertThat(own.state().registrations()).containsExactly(new Registration("x", 2));
  }

  @Test
  void remove_unknown_changesNothing() {
    own.add("x", 1, false);

    assertThat(own.remove("x", 2)).isEqualTo(Outcome.UNCHANGED);
    assertThat(own.remove("y", 1)).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void endpoint_setAgain_changesOnlyIfDifferent() {
    assertThat(own.endpoint(new Endpoint("h", 1, null))).isEqualTo(Outcome.SHARED);
    assertThat(own.endpoint(new Endpoint("h", 1, null))).isEqualTo(Outcome.UNCHANGED);
    assertThat(own.endpoint(new Endpoint("h", 2, null))).isEqualTo(Outcome.SHARED);
    assertThat(own.state().endpoint()).hasValue(new Endpoint("h", 2, null));
  }

  @Test
  void add_addressTooLongToTravel_isRefusedUnlessLocal() {
    String tooLong = "x".repeat(65_536);

    assertThat(own.add(tooLong, 1, false)).isEqualTo(Outcome.ADDRESS_TOO_LONG);
    assertThat(own.add(tooLong, 1, true)).isEqualTo(Outcome.LOCAL);
    assertThat(own.add("x".repeat(65_535), 1, false)).isEqualTo(Outcome.SHARED);
    assertThat(own.add("", 1, false)).isEqualTo(Outcome.SHARED);
  }

  @Test
  void add_beyondTheLimit_isRefusedUntilRoomIsMade() {
    String address = "x".repeat(1000);
    long seq = 0;
    while (own.add(address, seq, false) == Outcome.SHARED) {
      seq++;
    }

    assertThat(own.add(address, seq, false)).isEqualTo(Outcome.FULL);
    assertThat(own.add(address, seq, true)).isEqualTo(Outcome.LOCAL);
    assertThat(MessageWire.encode(new Announce(own.state())).length)
        .isBetween(OwnRegistrations.MAX_STATE_BYTES - 1100, OwnRegistrations.MAX_STATE_BYTES + 100);

    own.remove(address, 0);
    assertThat(own.add(address, seq + 1, false)).isEqualTo(Outcome.SHARED);
  }
}
