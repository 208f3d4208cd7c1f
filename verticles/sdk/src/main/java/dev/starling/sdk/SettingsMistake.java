package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Explains to an operator, in one line with the whole key, what is wrong with a setting. */
final class SettingsMistake {
  private SettingsMistake() {}

  /**
   * @param section the section's name; empty for the root
   * @param settings what was bound
   */
  static String explain(String section, JsonNode settings, JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return section + ": " + firstLine(e);
    }
    String key = join(section, key(mapping.getPath()));
    if (e instanceof UnrecognizedPropertyException unknown) {
      return unknown(key, unknown);
    }
    JsonNode value = at(settings, mapping.getPath());
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException || cause instanceof ConfigException) {
      return refused(key, e, String.valueOf(cause.getMessage()));
    }
    if (cause instanceof NullPointerException) {
      return value.properties().stream()
              .filter(field -> field.getValue().isNull())
              .map(field -> join(key, field.getKey()))
              .collect(Collectors.joining(", "))
          + ": empty (expected: a value)";
    }
    if (cause instanceof InputCoercionException range && range.getTargetType() != null) {
      return mismatch(key, value, range.getTargetType());
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return mismatch(key, value, mismatch.getTargetType());
    }
    return key + ": " + firstLine(e);
  }

  private static String unknown(String key, UnrecognizedPropertyException e) {
    Collection<String> known =
        e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
    String nearest = Settings.nearest(e.getPropertyName(), known);
    return nearest == null
        ? key + ": unknown key (expected one of: " + String.join(", ", known) + ")"
        : key + ": unknown key (did you mean " + nearest + "?)";
  }

  /** What refuses a value knows at most the last part of its key. */
  private static String refused(String key, JsonProcessingException e, String message) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    if (message.startsWith(last + ": ") || message.startsWith(last + ".")) {
      return key + message.substring(last.length());
    }
    if (!(e instanceof ValueInstantiationException failed)) {
      return key + ": " + message;
    }
    String ofType = kebab(failed.getType().getRawClass().getSimpleName()) + ": ";
    if (message.startsWith(ofType)) {
      return key + ": " + message.substring(ofType.length());
    }
    boolean namesItsOwn =
        components(failed.getType()).stream()
            .anyMatch(name -> message.matches("(?s)" + name + "(: |\\.|\\[).*"));
    // At the root there is no key to put in front.
    return namesItsOwn || key.isEmpty() ? join(key, message) : key + ": " + message;
  }

  private static List<String> components(JavaType type) {
    RecordComponent[] components = type.getRawClass().getRecordComponents();
    return components == null
        ? List.of()
        : Arrays.stream(components).map(component -> kebab(component.getName())).toList();
  }

  private static String kebab(String name) {
    return KebabCaseStrategy.INSTANCE.translate(name);
  }

  private static String mismatch(String key, JsonNode value, Class<?> type) {
    String shown =
        value.isValueNode()
            ? value.isNull() ? "empty" : PlainText.excerpt(value.asText())
            : value.isObject() ? "keys" : value.isArray() ? "a list" : "missing";
    return key + ": " + shown + " (expected: " + expected(type) + ")";
  }

  private static String expected(Class<?> type) {
    if (type == Duration.class) {
      return Settings.A_DURATION;
    } else if (type.isRecord() || Map.class.isAssignableFrom(type)) {
      return "a section with keys";
    } else if (type == int.class || type == Integer.class) {
      return "an integer of at most 32 bits";
    } else if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return Mismatch.kindOf(type);
  }

  private static JsonNode at(JsonNode settings, List<Reference> path) {
    JsonNode node = settings;
    for (Reference step : path) {
      node =
          step.getFieldName() != null ? node.path(step.getFieldName()) : node.path(step.getIndex());
    }
    return node;
  }

  private static String key(List<Reference> path) {
    return path.stream()
        .map(step -> step.getFieldName() != null ? step.getFieldName() : "" + step.getIndex())
        .collect(Collectors.joining("."));
  }

  private static String join(String section, String rest) {
    return section.isEmpty() ? rest : rest.isEmpty() ? section : section + "." + rest;
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    return PlainText.excerpt(end < 0 ? message : message.substring(0, end));
  }
}
