package dev.starling.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.starling.sdk.Json;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far each consumer is with an event that somebody has not taken at the first time; who is not
 * mentioned has not been tried. Immutable.
 *
 * @param consumers by name
 */
record Progress(Map<String, State> consumers) {
  private static final State NEW = new State(false, 0, 0);
  private static final TypeReference<Map<String, State>> TYPE = new TypeReference<>() {};

  /**
   * @param settled whether it has taken it, or given it up
   * @param attempts how often it was tried and failed
   * @param nextMillis when it is to be tried next, by the database's clock since 1970
   */
  record State(boolean settled, int attempts, long nextMillis) {}

  Progress {
    consumers = Map.copyOf(consumers);
  }

  static Progress parse(String json) {
    try {
      return new Progress(Json.MAPPER.readValue(json, TYPE));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("progress: " + json + " (expected: as a relay writes it)", e);
    }
  }

  State of(String consumer) {
    return consumers.getOrDefault(consumer, NEW);
  }

  Progress with(String consumer, State state) {
    Map<String, State> changed = new TreeMap<>(consumers);
    changed.put(consumer, state);
    return new Progress(changed);
  }

  String toJson() {
    try {
      return Json.MAPPER.writeValueAsString(new TreeMap<>(consumers));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a progress can always be written", e);
    }
  }
}
