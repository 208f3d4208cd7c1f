package dev.starling.fusion.core;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * All that a decision depends on.
 *
 * @param utterance the event to decide, which is one of {@code events}
 * @param events of the user within retention, in any order
 * @param devices of the user
 * @param zone in which "this morning" and "yesterday" are meant
 * @param lateness what delay alone may explain of a difference between clocks
 * @param vectors embeddings of the texts that {@link Resolver#wants} named, as far as there are any
 */
public record Situation(
    FusionEvent utterance,
    Collection<FusionEvent> events,
    List<Device> devices,
    ZoneId zone,
    Duration lateness,
    Map<String, float[]> vectors) {
  public Situation {
    devices = List.copyOf(devices);
  }

  /** The same, with these vectors. */
  public Situation with(Map<String, float[]> known) {
    return new Situation(utterance, events, devices, zone, lateness, known);
  }
}
