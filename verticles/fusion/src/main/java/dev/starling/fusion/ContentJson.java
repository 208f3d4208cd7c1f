package dev.starling.fusion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.fusion.core.Content;
import dev.starling.fusion.core.Content.Alternative;
import dev.starling.fusion.core.Content.Behaviour;
import dev.starling.fusion.core.Content.Color;
import dev.starling.fusion.core.Content.Descriptors;
import dev.starling.fusion.core.Content.Exif;
import dev.starling.fusion.core.Content.Image;
import dev.starling.fusion.core.Content.Utterance;
import dev.starling.sdk.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Contents as the log has them: JSON without the vector, which is beside it. What is not said is
 * left out. Without state.
 */
final class ContentJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ContentJson() {}

  static String write(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (content instanceof Behaviour behaviour) {
        write(behaviour, json);
      } else if (content instanceof Utterance utterance) {
        write(utterance, json);
      } else if (content instanceof Image image) {
        write(image, json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static float @Nullable [] vector(Content content) {
    return content instanceof Image image ? image.vector() : null;
  }

  static Content read(Modality modality, String text, float @Nullable [] vector) {
    try {
      JsonNode json = Json.MAPPER.readTree(text);
      return switch (modality) {
        case UTTERANCE -> utterance(json);
        case IMAGE -> image(json, vector);
        case BEHAVIOUR ->
            new Behaviour(json.path("action").asText(), texts(json.path("attributes")));
      };
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the log has an event that cannot be read", e);
    }
  }

  private static void write(Behaviour behaviour, JsonGenerator json) throws IOException {
    json.writeStringField("action", behaviour.action());
    if (!behaviour.attributes().isEmpty()) {
      json.writeObjectFieldStart("attributes");
      for (Map.Entry<String, String> attribute : behaviour.attributes().entrySet()) {
        json.writeStringField(attribute.getKey(), attribute.getValue());
      }
      json.writeEndObject();
    }
  }

  private static void write(Utterance utterance, JsonGenerator json) throws IOException {
    json.writeStringField("transcript", utterance.transcript());
    json.writeBooleanField("spoken", utterance.spoken());
    json.writeNumberField("confidence", utterance.confidence());
    if (!utterance.alternatives().isEmpty()) {
      json.writeArrayFieldStart("alternatives");
      for (Alternative alternative : utterance.alternatives()) {
        json.writeStartObject();
        json.writeStringField("transcript", alternative.transcript());
        json.writeNumberField("confidence", alternative.confidence());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    known(json, "language", utterance.language());
  }

  private static void write(Image image, JsonGenerator json) throws IOException {
    json.writeStringField("image_id", image.imageId());
    known(json, "url", image.url());
    known(json, "caption", image.caption());
    if (!image.labels().isEmpty()) {
      json.writeArrayFieldStart("labels");
      for (String label : image.labels()) {
        json.writeString(label);
      }
      json.writeEndArray();
    }
    Exif exif = image.exif();
    if (!exif.equals(Exif.NONE)) {
      json.writeObjectFieldStart("exif");
      if (exif.takenAt() != null) {
        json.writeStringField("taken_at", exif.takenAt().toString());
      }
      known(json, "make", exif.make());
      known(json, "model", exif.model());
      json.writeEndObject();
    }
    Descriptors seen = image.descriptors();
    if (seen != null) {
      json.writeObjectFieldStart("seen");
      json.writeNumberField("width", seen.width());
      json.writeNumberField("height", seen.height());
      json.writeArrayFieldStart("colors");
      for (Color color : seen.colors()) {
        json.writeStartObject();
        json.writeStringField("name", color.name());
        json.writeNumberField("rgb", color.rgb());
        json.writeNumberField("share", color.share());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeNumberField("brightness", seen.brightness());
      json.writeNumberField("sharpness", seen.sharpness());
      json.writeBooleanField("screenshot", seen.screenshot());
      json.writeEndObject();
    }
  }

  private static void known(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static Utterance utterance(JsonNode json) {
    List<Alternative> alternatives = new ArrayList<>();
    for (JsonNode one : json.path("alternatives")) {
      alternatives.add(
          new Alternative(one.path("transcript").asText(), one.path("confidence").asDouble()));
    }
    return new Utterance(
        json.path("spoken").asBoolean(),
        json.path("transcript").asText(),
        json.path("confidence").asDouble(),
        alternatives,
        json.path("language").asText());
  }

  private static Image image(JsonNode json, float @Nullable [] vector) {
    List<String> labels = new ArrayList<>();
    json.path("labels").forEach(label -> labels.add(label.asText()));
    JsonNode exif = json.path("exif");
    String takenAt = exif.path("taken_at").asText();
    return new Image(
        json.path("image_id").asText(),
        json.path("url").asText(),
        json.path("caption").asText(),
        labels,
        new Exif(
            takenAt.isEmpty() ? null : Instant.parse(takenAt),
            exif.path("make").asText(),
            exif.path("model").asText()),
        descriptors(json.path("seen")),
        vector);
  }

  private static @Nullable Descriptors descriptors(JsonNode json) {
    if (!json.isObject()) {
      return null;
    }
    List<Color> colors = new ArrayList<>();
    for (JsonNode color : json.path("colors")) {
      colors.add(
          new Color(
              color.path("name").asText(),
              color.path("rgb").asInt(),
              color.path("share").asDouble()));
    }
    return new Descriptors(
        json.path("width").asInt(),
        json.path("height").asInt(),
        colors,
        json.path("brightness").asDouble(),
        json.path("sharpness").asDouble(),
        json.path("screenshot").asBoolean());
  }

  private static Map<String, String> texts(JsonNode json) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> one : json.properties()) {
      texts.put(one.getKey(), one.getValue().asText());
    }
    return texts;
  }
}
