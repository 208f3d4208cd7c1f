package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.evaluation.Values.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A picture of a scenario. Immutable.
 *
 * @param at when it was really taken
 * @param by the device that has it
 * @param colors the largest first
 * @param kept how long its device kept it before it sent it
 * @param underway how long it took to arrive, from when it was sent
 */
record Picture(
    String id,
    Device by,
    Instant at,
    Subject subject,
    List<Color> colors,
    boolean screenshot,
    Duration kept,
    Duration underway) {

  private static final Set<String> NEUTRAL = Set.of("black", "white", "gray");

  Target target() {
    return Target.image(id);
  }

  /** Its largest colour that is none of black, white and gray, as {@code #rrggbb}. */
  String lightColor() {
    return colors.stream()
        .filter(color -> !NEUTRAL.contains(color.name()))
        .findFirst()
        .map(color -> String.format("#%06x", color.rgb()))
        .orElseThrow();
  }

  Picture colored(List<Color> value) {
    return new Picture(id, by, at, subject, value, screenshot, kept, underway);
  }

  Picture drawn() {
    Subject screen = new Subject("screen", "", List.of(), List.of());
    return new Picture(id, by, at, screen, colors, true, kept, underway);
  }

  Picture sent(Duration afterwards, Duration travel) {
    return new Picture(id, by, at, subject, colors, screenshot, afterwards, travel);
  }
}
