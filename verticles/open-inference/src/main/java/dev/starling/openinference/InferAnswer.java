package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The body of the answer to an inference request.
 *
 * @param headLength how much of it is JSON; the rest are tensors' bytes, in the order of the
 *     outputs
 */
// The bytes go to the bus; nobody compares answers.
@SuppressWarnings("ArrayRecordComponent")
record InferAnswer(byte[] body, int headLength) {
  /** What is around the elements. */
  private static final int TYPICAL_HEAD = 512;

  /** About what an element takes as JSON. */
  private static final int TYPICAL_ELEMENT = 12;

  boolean isBinary() {
    return headLength < body.length;
  }

  /** About how many bytes of JSON it will be. */
  static long jsonBytes(InferRequest request, List<Tensor> outputs) {
    long bytes = TYPICAL_HEAD;
    for (Tensor output : outputs) {
      if (!request.isBinary(output.name())) {
        int width = output.type().width();
        bytes += width == 0 ? output.data().length : output.elements() * TYPICAL_ELEMENT;
      }
    }
    return bytes;
  }

  /** Writes what a model gave in the form that the client wants. */
  static Parsed<InferAnswer> of(String model, InferRequest request, Inferred result) {
    try {
      byte[] head =
          ProtocolJson.write(
              (int) Math.min(1 << 26, jsonBytes(request, result.outputs())),
              json -> head(model, request, result, json));
      return new Parsed.Good<>(withBinary(request, result.outputs(), head));
    } catch (Unusable unusable) {
      return new Parsed.Bad<>(unusable.detail());
    }
  }

  private static InferAnswer withBinary(InferRequest request, List<Tensor> outputs, byte[] head) {
    long length = head.length;
    for (Tensor output : outputs) {
      length += request.isBinary(output.name()) ? output.data().length : 0;
    }
    if (length == head.length) {
      return new InferAnswer(head, head.length);
    }
    byte[] body = Arrays.copyOf(head, Math.toIntExact(length));
    int position = head.length;
    for (Tensor output : outputs) {
      if (request.isBinary(output.name())) {
        System.arraycopy(output.data(), 0, body, position, output.data().length);
        position += output.data().length;
      }
    }
    return new InferAnswer(body, head.length);
  }

  private static void head(String model, InferRequest request, Inferred result, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("model_name", model);
    json.writeStringField("model_version", result.version());
    if (!request.id().isEmpty()) {
      json.writeStringField("id", request.id());
    }
    json.writeArrayFieldStart("outputs");
    for (Tensor output : result.outputs()) {
      json.writeStartObject();
      json.writeStringField("name", output.name());
      json.writeStringField("datatype", output.type().name());
      json.writeArrayFieldStart("shape");
      for (long dimension : output.shape()) {
        json.writeNumber(dimension);
      }
      json.writeEndArray();
      if (request.isBinary(output.name())) {
        json.writeObjectFieldStart("parameters");
        json.writeNumberField("binary_data_size", output.data().length);
        json.writeEndObject();
      } else {
        json.writeFieldName("data");
        TensorWriter.write(output, json);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
