package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.State;
import dev.starling.contract.inference.ModelContract.TensorRecord;
import dev.starling.openinference.ModelView.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the protocol says of servers and models, as JSON. */
final class ModelPages {
  private static final int TYPICAL_LENGTH = 1024;

  /** In the words of Triton, whose clients look for them. */
  private static final List<String> EXTENSIONS =
      List.of("binary_tensor_data", "model_repository", "schedule_policy");

  private ModelPages() {}

  static byte[] server(String version) {
    return ProtocolJson.write(
        TYPICAL_LENGTH,
        json -> {
          json.writeStartObject();
          json.writeStringField("name", "starling");
          json.writeStringField("version", version);
          json.writeArrayFieldStart("extensions");
          for (String extension : EXTENSIONS) {
            json.writeString(extension);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** One truth under a name, e.g. {@code {"live":true}}. */
  static byte[] yes(String name) {
    return ProtocolJson.write(
        TYPICAL_LENGTH,
        json -> {
          json.writeStartObject();
          json.writeBooleanField(name, true);
          json.writeEndObject();
        });
  }

  static byte[] ready(String model) {
    return ProtocolJson.write(
        TYPICAL_LENGTH,
        json -> {
          json.writeStartObject();
          json.writeStringField("name", model);
          json.writeBooleanField("ready", true);
          json.writeEndObject();
        });
  }

  /**
   * @param described the version that is told about
   */
  static byte[] model(ModelView view, ModelRecord described) {
    return ProtocolJson.write(
        TYPICAL_LENGTH,
        json -> {
          json.writeStartObject();
          json.writeStringField("name", view.name());
          json.writeArrayFieldStart("versions");
          for (String version : view.readyVersions()) {
            json.writeString(version);
          }
          json.writeEndArray();
          json.writeStringField("platform", described.platform());
          tensors("inputs", described.inputs(), json);
          tensors("outputs", described.outputs(), json);
          json.writeEndObject();
        });
  }

  private static void tensors(String name, List<TensorRecord> tensors, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (TensorRecord tensor : tensors) {
      json.writeStartObject();
      json.writeStringField("name", tensor.name());
      json.writeStringField("datatype", tensor.type().name());
      json.writeArrayFieldStart("shape");
      for (long dimension : tensor.shape()) {
        json.writeNumber(dimension);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /**
   * Triton's list, and what each node says of each version.
   *
   * @param readyOnly leaves out what cannot be asked anywhere
   */
  static byte[] index(Collection<ModelView> models, boolean readyOnly) {
    return ProtocolJson.write(
        TYPICAL_LENGTH,
        json -> {
          json.writeStartArray();
          for (ModelView model : models) {
            for (List<Place> places : byVersion(model).values()) {
              Place best = best(places);
              if (!readyOnly || best.isReady()) {
                version(model.name(), best, places, json);
              }
            }
          }
          json.writeEndArray();
        });
  }

  private static void version(String name, Place best, List<Place> places, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("version", best.model().version());
    json.writeStringField("state", best.model().state().name());
    json.writeStringField("reason", best.model().reason());
    json.writeArrayFieldStart("nodes");
    for (Place place : places) {
      json.writeStartObject();
      json.writeStringField("node", place.nodeId());
      json.writeStringField("state", place.model().state().name());
      json.writeStringField("reason", place.model().reason());
      json.writeBooleanField("preferred", place.model().preferred());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static Map<String, List<Place>> byVersion(ModelView model) {
    Map<String, List<Place>> versions = new LinkedHashMap<>();
    for (Place place : model.places()) {
      versions.computeIfAbsent(place.model().version(), version -> new ArrayList<>()).add(place);
    }
    return versions;
  }

  /** The place that says most: where it is ready, or else is about to be. */
  private static Place best(List<Place> places) {
    Place best = places.get(0);
    for (Place place : places) {
      if (rank(place.model().state()) < rank(best.model().state())) {
        best = place;
      }
    }
    return best;
  }

  private static int rank(State state) {
    return switch (state) {
      case READY -> 0;
      case LOADING -> 1;
      case UNLOADING -> 2;
      case UNAVAILABLE -> 3;
    };
  }
}
