package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegistrationTableTest {
  private final RegistrationTable table = new RegistrationTable();

  @Test
  void apply_firstState_changesItsAddresses() {
    assertThat(table.apply("a", state(1, "x", "y"))).containsExactlyInAnyOrder("x", "y");
    assertThat(table.registrations("x")).containsExactly(new RemoteRegistration("a", 0));
    assertThat(table.registrations("z")).isEmpty();
  }

  @Test
  void apply_newerState_changesOnlyWhatDiffers() {
    table.apply("a", state(1, "kept", "dropped"));

    assertThat(table.apply("a", state(2, "kept", "added")))
        .containsExactlyInAnyOrder("dropped", "added");
    assertThat(table.registrations("dropped")).isEmpty();
    assertThat(table.registrations("kept")).hasSize(1);
  }

  @Test
  void apply_olderState_isIgnored() {
    table.apply("a", state(2, "x"));

    assertThat(table.apply("a", state(1, "stale"))).isEmpty();
    assertThat(table.registrations("stale")).isEmpty();
    assertThat(table.state("a")).hasValueSatisfying(s -> assertThat(s.version()).isEqualTo(2));
  }

  @Test
  void apply_sameStateAgain_changesNothing() {
    table.apply("a", state(1, "x"));

    assertThat(table.apply("a", state(1, "x"))).isEmpty();
  }

  @Test
  void apply_otherSequenceOnTheSameAddress_isAChange() {
    table.apply("a", new NodeState(1, Optional.empty(), Stream.of(new Registration("x", 1))));

    assertThat(
            table.apply(
                "a", new NodeState(2, Optional.empty(), Stream.of(new Registration("x", 2)))))
        .containsExactly("x");
    assertThat(table.registrations("x")).containsExactly(new RemoteRegistration("a", 2));
  }

  @Test
  void apply_twoConsumersOfOneNode_bothAreListed() {
    table.apply(
        "a",
        new NodeState(
            1, Optional.empty(), Stream.of(new Registration("x", 2), new Registration("x", 1))));

    assertThat(table.registrations("x"))
        .containsExactly(new RemoteRegistration("a", 1), new RemoteRegistration("a", 2));
  }

  @Test
  void remove_member_dropsItsRegistrationsAndNobodyElses() {
    table.apply("a", state(1, "shared", "alone"));
    table.apply("b", state(9, "shared"));

    assertThat(table.remove("a")).containsExactlyInAnyOrder("shared", "alone");
    assertThat(table.registrations("shared")).containsExactly(new RemoteRegistration("b", 0));
    assertThat(table.registrations("alone")).isEmpty();
    assertThat(table.state("a")).isEmpty();
  }

  @Test
  void remove_unknownMember_changesNothing() {
    assertThat(table.remove("nobody")).isEmpty();
  }

  @Test
  void apply_afterRemove_takesAnyVersion() {
    table.apply("a", state(5, "x"));
    table.remove("a");

    assertThat(table.apply("a", state(5, "x"))).containsExactly("x");
  }

  @Test
  void apply_endpointOnly_isHeldWithoutChangingAddresses() {
    table.apply("a", state(1, "x"));
    Endpoint endpoint = new Endpoint("h", 1, null);

    assertThat(
            table.apply(
                "a", new NodeState(2, Optional.of(endpoint), Stream.of(new Registration("x", 0)))))
        .isEmpty();
    assertThat(table.state("a").flatMap(NodeState::endpoint)).hasValue(endpoint);
  }

  @Test
  void randomHistory_indexAndChanges_matchAPlainModel() {
    Random random = new Random(7);
    Map<String, NodeState> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      Map<String, Set<RemoteRegistration>> before = index(model);
      String node = "n" + random.nextInt(4);
      Set<String> changed;
      if (random.nextInt(5) == 0) {
        changed = table.remove(node);
        model.remove(node);
      } else {
        NodeState next = randomState(random, step);
        changed = table.apply(node, next);
        NodeState held = model.get(node);
        if (held == null || held.version() <= next.version()) {
          model.put(node, next);
        }
      }
      Map<String, Set<RemoteRegistration>> after = index(model);
      Set<String> expected = new HashSet<>(before.keySet());
      expected.addAll(after.keySet());
      expected.removeIf(
          address ->
              before.getOrDefault(address, Set.of()).equals(after.getOrDefault(address, Set.of())));
      assertThat(changed).isEqualTo(expected);
      for (int i = 0; i < 6; i++) {
        assertThat(new HashSet<>(table.registrations("a" + i)))
            .isEqualTo(after.getOrDefault("a" + i, Set.of()));
      }
    }
  }

  private static NodeState randomState(Random random, int step) {
    List<Registration> registrations = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      registrations.add(new Registration("a" + random.nextInt(6), random.nextInt(3)));
    }
    long version = Math.max(1, step - random.nextInt(6));
    return new NodeState(version, Optional.empty(), registrations.stream());
  }

  private static Map<String, Set<RemoteRegistration>> index(Map<String, NodeState> states) {
    Map<String, Set<RemoteRegistration>> index = new HashMap<>();
    states.forEach(
        (node, state) ->
            state
                .registrations()
                .forEach(
                    r ->
                        index
                            .computeIfAbsent(r.address(), a -> new HashSet<>())
                            .add(new RemoteRegistration(node, r.seq()))));
    return index;
  }

  private static NodeState state(long version, String... addresses) {
    return new NodeState(
        version, Optional.empty(), Arrays.stream(addresses).map(a -> new Registration(a, 0)));
  }
}
