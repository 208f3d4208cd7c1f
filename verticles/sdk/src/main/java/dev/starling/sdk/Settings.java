package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Binds configuration to records: keys in kebab-case, durations as {@code 250ms}, {@code 5s},
 * {@code 2m}, {@code 1h}, unknown keys refused with the nearest known one.
 *
 * <p>Thread-safe. A record's compact constructor validates; its message reaches the operator with
 * the section in front of it.
 */
public final class Settings {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

  /** Writes what an operator may see: secrets are masked. */
  private static final ObjectMapper MASKED = mapper(secret -> secret.toString());

  /** Writes what is bound again. */
  private static final ObjectMapper PLAIN = mapper(Secret::value);

  private Settings() {}

  /**
   * Lays {@code section} over the defaults.
   *
   * @param section an object, or missing
   * @param name the section's name, for messages; empty for the root
   * @throws ConfigException naming the key that is wrong and what was expected
   */
  public static <T extends Record> T bind(JsonNode section, T defaults, String name) {
    ObjectNode merged = toTree(defaults);
    if (section.isObject()) {
      merge(merged, (ObjectNode) section);
    } else if (!section.isMissingNode() && !section.isNull()) {
      throw new ConfigException(name + ": " + section + " (expected: a section with keys)");
    }
    try {
      @SuppressWarnings("unchecked") // a record's class is not generic here
      Class<T> type = (Class<T>) defaults.getClass();
      return PLAIN.treeToValue(merged, type);
    } catch (JsonProcessingException e) {
      throw new ConfigException(explain(name, e));
    }
  }

  /** The record as configuration, secrets included. */
  public static ObjectNode toTree(Record settings) {
    return PLAIN.valueToTree(settings);
  }

  /** The record as configuration for people: secrets are masked. */
  public static ObjectNode toMaskedTree(Record settings) {
    return MASKED.valueToTree(settings);
  }

  /** The known name that {@code name} was probably meant to be, or null when none is near. */
  public static @Nullable String nearest(String name, Collection<String> known) {
    String best = null;
    int bestDistance = Math.max(2, name.length() / 3) + 1;
    for (String candidate : known) {
      int distance = editDistance(name, candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return best;
  }

  private static void merge(ObjectNode target, ObjectNode source) {
    for (Map.Entry<String, JsonNode> field : source.properties()) {
      JsonNode old = target.get(field.getKey());
      if (old instanceof ObjectNode oldObject && field.getValue() instanceof ObjectNode object) {
        merge(oldObject, object);
      } else {
        target.set(field.getKey(), field.getValue());
      }
    }
  }

  private static String explain(String section, JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return section + ": " + e.getOriginalMessage();
    }
    String path =
        mapping.getPath().stream()
            .map(step -> step.getFieldName() != null ? step.getFieldName() : "" + step.getIndex())
            .collect(Collectors.joining("."));
    String key = section.isEmpty() ? path : path.isEmpty() ? section : section + "." + path;
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<String> known =
          unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
      String nearest = nearest(unknown.getPropertyName(), known);
      return nearest == null
          ? key + ": unknown key (expected one of: " + String.join(", ", known) + ")"
          : key + ": unknown key (did you mean " + nearest + "?)";
    }
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException || cause instanceof ConfigException) {
      // The record names its own component; the section is what it cannot know.
      return key + ": " + cause.getMessage();
    }
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    return key + ": " + (end < 0 ? message : message.substring(0, end));
  }

  static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          text + " (expected: a duration such as 250ms, 5s, 2m or 1h)");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  static String formatDuration(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 3600 == 0 && seconds > 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /** Levenshtein's distance, one row at a time. */
  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private interface SecretText {
    String of(Secret secret);
  }

  private static ObjectMapper mapper(SecretText secretText) {
    SimpleModule module =
        new SimpleModule()
            .addDeserializer(
                Duration.class,
                new JsonDeserializer<>() {
                  @Override
                  public Duration deserialize(JsonParser parser, DeserializationContext context)
                      throws IOException {
                    String text = parser.getText();
                    try {
                      return parseDuration(text);
                    } catch (IllegalArgumentException e) {
                      throw JsonMappingException.from(parser, e.getMessage(), e);
                    }
                  }
                })
            .addSerializer(
                Duration.class,
                new JsonSerializer<>() {
                  @Override
                  public void serialize(
                      Duration value, JsonGenerator out, SerializerProvider provider)
                      throws IOException {
                    out.writeString(formatDuration(value));
                  }
                })
            .addSerializer(
                Secret.class,
                new JsonSerializer<>() {
                  @Override
                  public void serialize(
                      Secret value, JsonGenerator out, SerializerProvider provider)
                      throws IOException {
                    out.writeString(secretText.of(value));
                  }
                })
            .addDeserializer(
                Secret.class,
                new JsonDeserializer<>() {
                  @Override
                  public Secret deserialize(JsonParser parser, DeserializationContext context)
                      throws IOException {
                    JsonNode node = parser.readValueAsTree();
                    if (!(node instanceof TextNode) && !node.isNumber()) {
                      throw JsonMappingException.from(parser, "a secret (expected: text)");
                    }
                    return new Secret(node.asText());
                  }
                });
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .addModule(module)
        .build();
  }
}
