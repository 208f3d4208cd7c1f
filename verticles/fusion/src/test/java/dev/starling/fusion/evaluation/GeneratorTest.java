package dev.starling.fusion.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import dev.starling.fusion.evaluation.Scenario.Expected;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  /** Kept for as long as these tests run: they take a quarter of the memory that there is. */
  private static List<Scenario> all = List.of();

  @BeforeAll
  static void generate() {
    all = new Generator(Wording.heldOut(), 1).all();
  }

  @AfterAll
  static void forget() {
    all = List.of();
  }

  @Test
  void scenarios_sameSeed_areTheSame() {
    List<Scenario> some = new Generator(Wording.heldOut(), 1).some(500);

    assertThat(new Generator(Wording.heldOut(), 1).some(500)).isEqualTo(some).hasSize(500);
    assertThat(new HashSet<>(all).containsAll(some)).isTrue();
  }

  @Test
  void scenarios_otherSeed_areOthersOfTheSameKinds() {
    Map<String, Scenario> byId =
        all.stream().collect(Collectors.toMap(Scenario::id, scenario -> scenario));

    assertThat(new Generator(Wording.heldOut(), 2).some(500))
        .allSatisfy(other -> assertThat(byId.get(other.id())).isNotNull().isNotEqualTo(other));
  }

  @Test
  void scenarios_seedOne_areEnoughAndOfEachKind() {
    assertThat(all).hasSizeGreaterThanOrEqualTo(3000);
    assertThat(new HashSet<>(all.stream().map(Scenario::id).toList())).hasSameSizeAs(all);
    assertThat(all.stream().map(Scenario::phenomenon)).contains(Phenomenon.values());
    assertThat(all.stream().map(scenario -> scenario.expected().status()))
        .contains(Status.values());
  }

  @Test
  void templates_ofEachIntent_areEnoughAndDifferent() {
    Map<Intent, Long> counts =
        Template.all(Wording.heldOut()).stream()
            .collect(Collectors.groupingBy(Template::intent, Collectors.counting()));

    for (Intent intent : Intent.values()) {
      assertThat(counts.get(intent)).isGreaterThanOrEqualTo(intent == Intent.NONE ? 150 : 40);
    }
    List<String> texts = Template.all(Wording.heldOut()).stream().map(Template::text).toList();
    assertThat(texts).doesNotHaveDuplicates();
  }

  @Test
  void resolvedScenario_isAboutWhatIsThere() {
    for (Scenario scenario : all) {
      Expected expected = scenario.expected();
      if (expected.status() != Status.RESOLVED) {
        continue;
      }
      assertThat(scenario.devices())
          .as(scenario.id())
          .anyMatch(
              device ->
                  device.id().equals(expected.device())
                      && device.capabilities().contains(expected.intent()));
      if (Commands.aboutPicture(expected.intent())) {
        assertThat(images(scenario).keySet())
            .as(scenario.id())
            .contains(Objects.requireNonNull(expected.target()).id());
      } else {
        assertThat(expected.target()).as(scenario.id()).isNull();
      }
      assertThat(expected.arguments().keySet())
          .as(scenario.id())
          .isEqualTo(
              switch (expected.intent()) {
                case SEND_TO -> Set.of("recipient");
                case SET_LIGHT_COLOR -> Set.of("color");
                case DIM -> Set.of("level");
                case PLAY -> Set.of("query");
                default -> Set.of();
              });
    }
  }

  @Test
  void utterances_haveNoOpenSlot() {
    for (Scenario scenario : all) {
      for (FusionEvent event : scenario.events()) {
        if (event.content() instanceof Utterance utterance) {
          assertThat(utterance.transcript()).isNotBlank().doesNotContain("{", "}");
        }
      }
    }
  }

  @Test
  void events_areInOrderOfArrival_andOfDevicesThatThereAre() {
    for (Scenario scenario : all) {
      assertThat(scenario.events())
          .isSortedAccordingTo(Comparator.comparing(FusionEvent::receivedAt))
          .contains(scenario.utterance());
      Set<String> devices =
          scenario.devices().stream().map(device -> device.id()).collect(Collectors.toSet());
      assertThat(scenario.events())
          .allMatch(event -> devices.contains(event.deviceId()))
          .extracting(FusionEvent::key)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void lateEvent_arrivesAfterTheUtterance_withinTheBound() {
    for (Scenario scenario : of(Phenomenon.LATE_EVENT)) {
      FusionEvent picture = target(scenario);

      assertThat(picture.time()).isBefore(scenario.utterance().time());
      assertThat(Duration.between(scenario.utterance().receivedAt(), picture.receivedAt()))
          .isBetween(Duration.ZERO, scenario.lateness());
    }
  }

  @Test
  void skewedClock_makesAnotherPictureSeemToBeTheOne() {
    for (Scenario scenario : of(Phenomenon.CLOCK_SKEW)) {
      Optional<FusionEvent> seems =
          images(scenario).values().stream().max(Comparator.comparing(FusionEvent::time));

      if (new References(Wording.heldOut()).all("just-took").contains(scenario.wording())) {
        assertThat(seems).get().isNotEqualTo(target(scenario));
      } else {
        assertThat(seems).get().isEqualTo(target(scenario));
      }
    }
  }

  @Test
  void ambiguousAndIncompleteScenarios_areToBeAsked() {
    for (Phenomenon phenomenon :
        List.of(Phenomenon.AMBIGUOUS, Phenomenon.MISSING_EVENT, Phenomenon.MISSING_ARGUMENT)) {
      assertThat(of(phenomenon))
          .isNotEmpty()
          .allMatch(scenario -> scenario.expected().status() == Status.ASKED);
    }
  }

  @Test
  void viewedPicture_isTheOneThatWasOpenedLast() {
    for (Scenario scenario : of(Phenomenon.VIEWED)) {
      Optional<Behaviour> last =
          scenario.events().stream()
              .filter(
                  event ->
                      event.content() instanceof Behaviour done
                          && done.action().equals("image_viewed"))
              .max(Comparator.comparing(FusionEvent::time))
              .map(event -> (Behaviour) event.content());

      assertThat(last)
          .get()
          .extracting(done -> done.attributes().get("image_id"))
          .isEqualTo(Objects.requireNonNull(scenario.expected().target()).id());
    }
  }

  private static List<Scenario> of(Phenomenon phenomenon) {
    return all.stream().filter(scenario -> scenario.phenomenon() == phenomenon).toList();
  }

  private static FusionEvent target(Scenario scenario) {
    return Objects.requireNonNull(
        images(scenario).get(Objects.requireNonNull(scenario.expected().target()).id()));
  }

  private static Map<String, FusionEvent> images(Scenario scenario) {
    Map<String, FusionEvent> images = new HashMap<>();
    for (FusionEvent event : scenario.events()) {
      if (event.content() instanceof Image image) {
        images.put(image.imageId(), event);
      }
    }
    return images;
  }
}
