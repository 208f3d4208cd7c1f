package dev.starling.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.Json;
import java.util.List;

/** The lines of an order as they are stored. */
final class LinesJson {
  private LinesJson() {}

  static String write(List<PricedLine> lines) {
    try {
      return Json.MAPPER.writeValueAsString(lines);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("lines cannot be written", e);
    }
  }

  static List<PricedLine> read(String json) {
    try {
      return List.of(Json.MAPPER.readValue(json, PricedLine[].class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored lines cannot be read: " + e.getMessage(), e);
    }
  }
}
