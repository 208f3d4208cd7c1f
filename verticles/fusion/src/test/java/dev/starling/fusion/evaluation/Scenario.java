package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.Decision.Target;
import dev.starling.fusion.core.Device;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Intent;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one user, and what the last thing that they said meant. Utterances have no
 * vectors yet. Immutable.
 *
 * @param id names it among those of a seed
 * @param wording how the picture or the argument was called; scenarios that share it are not
 *     independent either
 * @param utterance which is to be decided
 * @param events in the order in which they arrived
 */
record Scenario(
    String id,
    Template template,
    String wording,
    Phenomenon phenomenon,
    FusionEvent utterance,
    List<FusionEvent> events,
    List<Device> devices,
    ZoneId zone,
    Duration lateness,
    Expected expected) {
  Scenario {
    events = List.copyOf(events);
    devices = List.copyOf(devices);
  }

  /**
   * What a careful person would conclude.
   *
   * @param target null when it is about no picture
   * @param device that is to act; empty when there is none
   */
  record Expected(
      Status status,
      Intent intent,
      @Nullable Target target,
      String device,
      Map<String, String> arguments) {
    Expected {
      arguments = Map.copyOf(arguments);
    }

    static Expected asked(Intent intent) {
      return new Expected(Status.ASKED, intent, null, "", Map.of());
    }

    static Expected none() {
      return new Expected(Status.NONE, Intent.NONE, null, "", Map.of());
    }
  }
}
