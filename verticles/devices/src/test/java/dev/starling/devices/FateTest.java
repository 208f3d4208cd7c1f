package dev.starling.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.device.FusionEvents.Target;
import dev.starling.contract.device.FusionEvents.Utterance;
import dev.starling.devices.Fate.Standing;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** In which state a command begins, whatever there is. */
class FateTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final int MAX_OPEN = 3;
  private static final Standing ALONE = new Standing(false, 0);
  private static final Map<String, String> ARGUMENTS =
      Map.of("level", "40", "color", "#a0b1c2", "recipient", "mom", "query", "jazz");

  @ParameterizedTest
  @EnumSource(Capability.class)
  void of_deviceThatCan_isPending(Capability capability) {
    assertThat(fate(capability.text(), ARGUMENTS, false, ALONE, NOW.plusMillis(1)))
        .isEqualTo(new Fate(CommandState.PENDING, null));
  }

  @ParameterizedTest
  @EnumSource(Capability.class)
  void of_formerIsDone_isPendingOnlyWhenThatIsHarmless(Capability capability) {
    boolean harmless =
        List.of("set_wallpaper", "show_on", "dim", "set_light_color", "play")
            .contains(capability.text());

    assertThat(fate(capability.text(), ARGUMENTS, true, ALONE, NOW.plusMillis(1)))
        .isEqualTo(
            harmless
                ? new Fate(CommandState.PENDING, null)
                : new Fate(CommandState.REJECTED, Rejection.FORMER_IS_DONE));
  }

  @ParameterizedTest
  @CsvSource({
    "dim, level, 100, true",
    "dim, level, 0, true",
    "dim, level, 7, true",
    "dim, level, 101, false",
    "dim, level, -1, false",
    "dim, level, 07, false",
    "dim, level, half, false",
    "dim, color, #ffffff, false",
    "set_light_color, color, #0a0b0c, true",
    "set_light_color, color, red, false",
    "set_light_color, color, #0A0B0C, false",
    "send_to, recipient, mom, true",
    "send_to, recipient, ' ', false",
    "play, query, jazz, true",
    "play, level, 3, false"
  })
  void of_arguments_areCompleteOrNot(String intent, String name, String value, boolean complete) {
    assertThat(fate(intent, Map.of(name, value), false, ALONE, NOW.plusMillis(1)).state())
        .isEqualTo(complete ? CommandState.PENDING : CommandState.REJECTED);
  }

  @Test
  void of_commandAboutNoImage_isRejectedWhenItNeedsOne() {
    for (Capability capability : Capability.values()) {
      boolean without =
          List.of(Capability.DIM, Capability.PLAY, Capability.STOP).contains(capability);
      Fate fate =
          Fate.of(
              command(capability.text(), null, ARGUMENTS, NOW.plusMillis(1)),
              device(),
              false,
              ALONE,
              MAX_OPEN,
              NOW);
      assertThat(fate.state())
          .as(capability.text())
          .isEqualTo(without ? CommandState.PENDING : CommandState.REJECTED);
    }
  }

  @Test
  void of_noDevice_isRejected() {
    assertThat(
            Fate.of(
                command("stop", null, Map.of(), NOW.plusMillis(1)),
                null,
                false,
                ALONE,
                MAX_OPEN,
                NOW))
        .isEqualTo(new Fate(CommandState.REJECTED, Rejection.NO_SUCH_DEVICE));
  }

  @ParameterizedTest
  @CsvSource({"fly", "none", "SET_WALLPAPER", "''"})
  void of_unknownIntent_isRejected(String intent) {
    assertThat(fate(intent, ARGUMENTS, false, ALONE, NOW.plusMillis(1)))
        .isEqualTo(new Fate(CommandState.REJECTED, Rejection.NOT_CAPABLE));
  }

  @Test
  void of_timeIsUp_isExpired() {
    assertThat(fate("stop", Map.of(), false, ALONE, NOW))
        .isEqualTo(new Fate(CommandState.EXPIRED, null));
  }

  @Test
  void of_correctionCameBefore_isSuperseded() {
    assertThat(fate("stop", Map.of(), false, new Standing(true, 0), NOW.plusMillis(1)))
        .isEqualTo(new Fate(CommandState.SUPERSEDED, null));
  }

  @Test
  void of_deviceWithTooMuchToDo_isRejected() {
    assertThat(fate("stop", Map.of(), false, new Standing(false, MAX_OPEN - 1), NOW.plusMillis(1)))
        .isEqualTo(new Fate(CommandState.PENDING, null));
    assertThat(fate("stop", Map.of(), false, new Standing(false, MAX_OPEN), NOW.plusMillis(1)))
        .isEqualTo(new Fate(CommandState.REJECTED, Rejection.TOO_MANY_OPEN));
  }

  private static Fate fate(
      String intent,
      Map<String, String> arguments,
      boolean formerDone,
      Standing standing,
      Instant expiresAt) {
    Target image = new Target("image", "img-1");
    return Fate.of(
        command(intent, image, arguments, expiresAt),
        device(),
        formerDone,
        standing,
        MAX_OPEN,
        NOW);
  }

  private static FusionEvents.Command command(
      String intent, Target target, Map<String, String> arguments, Instant expiresAt) {
    return new FusionEvents.Command(
        new UUID(0, 1),
        new Utterance("/devices/d", "u"),
        1,
        intent,
        "d",
        target,
        arguments,
        NOW,
        expiresAt,
        null);
  }

  private static Device device() {
    return new Device(
        new UUID(0, 2),
        "d",
        "Everything",
        DeviceKind.TABLET,
        "",
        Arrays.stream(Capability.values()).map(Capability::text).toList(),
        null,
        NOW,
        NOW);
  }
}
