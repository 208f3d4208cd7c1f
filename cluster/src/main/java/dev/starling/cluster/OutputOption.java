package dev.starling.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.starling.sdk.Json;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The flag that says whether an answer is for people or for programs. */
final class OutputOption {
  @Option(
      names = "--output",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Form of the answer (default: ${DEFAULT-VALUE}).")
  private Form form = Form.TEXT;

  private enum Form {
    TEXT,
    JSON
  }

  boolean isText() {
    return form == Form.TEXT;
  }

  /** The answer in the form that was asked for. */
  <T> String of(T answer, Function<T, String> text) {
    return isText() ? text.apply(answer) : json(answer);
  }

  static String json(Object answer) {
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(answer)
          + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer can always be written", e);
    }
  }
}
