package dev.starling.sdk;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
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
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binds configuration to records: keys in kebab-case, durations as {@code 250ms}, {@code 5s},
 * {@code 2m}, {@code 1h}, constants in kebab-case, unknown keys refused with the nearest known one.
 *
 * <p>Thread-safe. A record's compact constructor validates; its message reaches the operator with
 * the section in front of it.
 */
public final class Settings {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

  private static final Duration LONGEST = Duration.ofDays(36_500);
  static final String A_DURATION = "a duration such as 250ms, 5s, 2m or 1h";

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
    @SuppressWarnings("unchecked") // a record's class is not generic here
    Class<T> type = (Class<T>) defaults.getClass();
    return bind(section, toTree(defaults), type, name);
  }

  /**
   * Likewise for a record that cannot be made of defaults alone, such as an entry of a list that
   * must have a name.
   *
   * @param defaults the keys that may be missing from {@code section}, and what they are then
   */
  public static <T extends Record> T bind(
      JsonNode section, ObjectNode defaults, Class<T> type, String name) {
    ObjectNode merged = defaults.deepCopy();
    if (section.isObject()) {
      merge(merged, (ObjectNode) section);
    } else if (!section.isMissingNode() && !section.isNull()) {
      throw new ConfigException(name + ": " + section + " (expected: a section with keys)");
    }
    try {
      return PLAIN.treeToValue(merged, type);
    } catch (JsonProcessingException e) {
      throw new ConfigException(SettingsMistake.explain(name, merged, e));
    }
  }

  /** The record as configuration, secrets included. */
  public static ObjectNode toTree(Record settings) {
    return PLAIN.valueToTree(settings);
  }

  /** A value as it stands in a configuration. */
  static JsonNode toTree(Object value) {
    return PLAIN.valueToTree(value);
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
      } else if (!(old instanceof ObjectNode && field.getValue().isNull())) {
        // A section without keys changes nothing.
        target.set(field.getKey(), field.getValue());
      }
    }
  }

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException for text that is none
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text.trim());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " (expected: " + A_DURATION + ")");
    }
    ChronoUnit unit =
        switch (matcher.group(2)) {
          case "ms" -> ChronoUnit.MILLIS;
          case "s" -> ChronoUnit.SECONDS;
          case "m" -> ChronoUnit.MINUTES;
          case "h" -> ChronoUnit.HOURS;
          default -> ChronoUnit.DAYS;
        };
    Duration duration = Duration.of(Long.parseLong(matcher.group(1)), unit);
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(text + " (expected: at most 36500d)");
    }
    return duration;
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

  /** Names constants as keys are named, unless they name themselves. */
  private static final class KebabCaseEnums extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public String[] findEnumValues(
        MapperConfig<?> config, AnnotatedClass type, Enum<?>[] values, String[] names) {
      for (int i = 0; i < values.length; i++) {
        if (names[i] == null) {
          names[i] = values[i].name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
      }
      return names;
    }
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
                    if (!parser.currentToken().isScalarValue()) {
                      return (Duration) context.handleUnexpectedToken(Duration.class, parser);
                    }
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
                  public Secret getNullValue(DeserializationContext context) {
                    return Secret.NONE;
                  }

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
        .annotationIntrospector(
            AnnotationIntrospector.pair(new JacksonAnnotationIntrospector(), new KebabCaseEnums()))
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .withCoercionConfigDefaults(
            coercion -> coercion.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Boolean,
            coercion -> coercion.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
        .addModule(module)
        .build();
  }
}
