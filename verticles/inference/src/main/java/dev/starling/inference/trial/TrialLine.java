package dev.starling.inference.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a child has to say, one JSON object a line. */
sealed interface TrialLine {
  /** Longer ones are not read: the reason in it is cut off well before. */
  int MAX_BYTES = 16 << 10;

  /** The JVM and ONNX Runtime are up; the file comes next. */
  record Loading() implements TrialLine {}

  record Running() implements TrialLine {}

  /**
   * @param outputs the names of what it gave
   */
  record Passed(List<String> outputs) implements TrialLine {}

  record Failed(String reason) implements TrialLine {}

  /** The line's meaning; null for one that no child writes. */
  static @Nullable TrialLine parse(String line) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return null;
    }
    if (json.path("failed").isTextual()) {
      return new Failed(json.path("failed").asText());
    }
    if (json.path("passed").isArray()) {
      List<String> outputs = new ArrayList<>();
      json.path("passed").forEach(output -> outputs.add(output.asText()));
      return new Passed(outputs);
    }
    return switch (json.path("phase").asText()) {
      case "loading" -> new Loading();
      case "running" -> new Running();
      default -> null;
    };
  }
}
