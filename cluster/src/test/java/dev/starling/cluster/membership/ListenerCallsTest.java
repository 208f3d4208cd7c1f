package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ListenerCallsTest {
  private final OwnRegistrations own = new OwnRegistrations();
  private final RegistrationTable table = new RegistrationTable();
  private final ListenerCalls calls = new ListenerCalls(new Directory("me", own, table));
  private final List<RegistrationUpdateEvent> events = new ArrayList<>();

  @Test
  void change_ofAWantedAddress_comesWithEverybodyWhoServesIt() {
    own.add("x", 1, false);
    own.add("x", 2, true);
    table.apply("p", new NodeState(1, Optional.empty(), Stream.of(new Registration("x", 9))));
    listen(Set.of("x"));

    calls.registrationsChanged(Set.of("x"));

    assertThat(events)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.address()).isEqualTo("x");
              assertThat(event.registrations())
                  .containsExactly(
                      new RegistrationInfo("me", 1, false),
                      new RegistrationInfo("me", 2, true),
                      new RegistrationInfo("p", 9, false));
            });
  }

  @Test
  void change_ofAnUnwantedAddress_isNotTold() {
    listen(Set.of("x"));

    calls.registrationsChanged(Set.of("y"));

    assertThat(events).isEmpty();
  }

  @Test
  void lastConsumer_gone_isToldWithNobodyLeft() {
    listen(Set.of("x"));

    calls.registrationsChanged(Set.of("x"));

    assertThat(events)
        .singleElement()
        .satisfies(event -> assertThat(event.registrations()).isEmpty());
  }

  @Test
  void listener_thatThrows_isAskedAboutTheNextAddressAllTheSame() {
    calls.registrationListener(
        new RegistrationListener() {
          @Override
          public void registrationsUpdated(RegistrationUpdateEvent event) {
            events.add(event);
            throw new IllegalStateException("planted");
          }
        });

    calls.registrationsChanged(new LinkedHashSet<>(List.of("x", "y")));

    assertThat(events).extracting(RegistrationUpdateEvent::address).containsExactly("x", "y");
  }

  @Test
  void nodeListener_absentOrThrowing_doesNoHarm() {
    assertThatCode(() -> calls.nodeLeft("p")).doesNotThrowAnyException();
    calls.nodeListener(
        new NodeListener() {
          @Override
          public void nodeAdded(String nodeId) {
            throw new IllegalStateException("planted");
          }

          @Override
          public void nodeLeft(String nodeId) {
            throw new IllegalStateException("planted");
          }
        });

    assertThatCode(() -> calls.nodeAdded("p")).doesNotThrowAnyException();
    assertThatCode(() -> calls.nodeLeft("p")).doesNotThrowAnyException();
  }

  private void listen(Set<String> wanted) {
    calls.registrationListener(
        new RegistrationListener() {
          @Override
          public boolean wantsUpdatesFor(String address) {
            return wanted.contains(address);
          }

          @Override
          public void registrationsUpdated(RegistrationUpdateEvent event) {
            events.add(event);
          }
        });
  }
}
