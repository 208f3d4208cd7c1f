package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.contract.inference.Tensor;
import dev.starling.openinference.InferRequest.Form;
import dev.starling.openinference.InferRequest.Output;
import dev.starling.sdk.TensorJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an inference request: JSON, or JSON with the bytes of tensors behind it
 * (Triton's extension {@code binary_tensor_data}). Used once.
 *
 * <p>Members and parameters that the protocol does not have are passed over; those that ask for
 * something that there is not here are refused.
 */
final class InferRequestReader {
  private static final int MAX_TENSORS = 256;
  private static final int MAX_ID_LENGTH = 1024;

  /** Parameters of Triton's that would change what the answer means. */
  private static final Set<String> SEQUENCES =
      Set.of("sequence_id", "sequence_start", "sequence_end");

  private final byte[] body;
  private final int headLength;
  private final List<InputReader> inputs = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();
  private String id = "";
  private boolean binaryOutputs;
  private long timeoutMicros;
  private long priority;

  private InferRequestReader(byte[] body, int headLength) {
    this.body = body;
    this.headLength = headLength;
  }

  /**
   * @param headLength the header {@code Inference-Header-Content-Length}; null when there is none
   * @param maxJsonBytes more of JSON is refused: it takes many times its length to be read
   */
  static Parsed<InferRequest> read(byte[] body, @Nullable String headLength, int maxJsonBytes) {
    try {
      int json = headLength == null ? body.length : headLength(headLength, body.length);
      if (json > maxJsonBytes) {
        throw new Unusable(
            "JSON: "
                + json
                + " bytes (expected: <= "
                + maxJsonBytes
                + " bytes; larger tensors as binary data)");
      }
      return new Parsed.Good<>(new InferRequestReader(body, json).read());
    } catch (Unusable unusable) {
      return new Parsed.Bad<>(unusable.detail());
    }
  }

  private static int headLength(String text, int bodyLength) {
    try {
      int length = Integer.parseInt(text.trim());
      if (length > 0 && length <= bodyLength) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Unusable(
        "inference-header-content-length: "
            + text
            + " (expected: 1.."
            + bodyLength
            + ", the length of the JSON in front)");
  }

  private InferRequest read() {
    ProtocolJson.readWhole(
        body,
        0,
        headLength,
        json -> {
          members(json);
          return true;
        });
    if (inputs.isEmpty()) {
      throw new Unusable("inputs: none (expected: a list of at least one)");
    }
    List<Tensor> tensors = new ArrayList<>(inputs.size());
    Set<String> names = new HashSet<>();
    int position = headLength;
    for (InputReader input : inputs) {
      Tensor tensor = input.tensor(body, position);
      position += input.binaryBytes();
      tensors.add(tensor);
      if (!names.add(tensor.name())) {
        throw new Unusable("inputs: " + tensor.name() + " twice (expected: each once)");
      }
    }
    if (position != body.length) {
      throw new Unusable(
          "body: "
              + (body.length - position)
              + " bytes more than the inputs' binary_data_size add up to (expected: none)");
    }
    return new InferRequest(id, tensors, outputs, binaryOutputs, timeoutMicros, priority);
  }

  private void members(JsonParser json) throws IOException {
    ProtocolJson.expectObject(json.nextToken(), "body");
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "id" -> readId(json);
        case "parameters" -> parameters(json);
        case "inputs" -> readInputs(json);
        case "outputs" -> readOutputs(json);
        default -> json.skipChildren();
      }
    }
  }

  private void readId(JsonParser json) throws IOException {
    id = ProtocolJson.text(json, "id");
    if (id.length() > MAX_ID_LENGTH) {
      throw new Unusable("id: " + id.length() + " characters (expected: <= " + MAX_ID_LENGTH + ")");
    }
  }

  private void parameters(JsonParser json) throws IOException {
    ProtocolJson.expectObject(json.currentToken(), "parameters");
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      switch (name) {
        case "timeout" -> timeoutMicros = ProtocolJson.count(json, "parameters, timeout");
        case "priority" -> priority = ProtocolJson.count(json, "parameters, priority");
        case "binary_data_output" ->
            binaryOutputs = ProtocolJson.truth(json, "parameters, binary_data_output");
        default -> {
          if (SEQUENCES.contains(name) && isSet(json, value)) {
            throw new Unusable(
                "parameters, " + name + ": (expected: none, since models here keep no state)");
          }
          json.skipChildren();
        }
      }
    }
  }

  /** Clients send zero, false and the empty text for nothing. */
  private static boolean isSet(JsonParser json, JsonToken value) throws IOException {
    return switch (value) {
      case VALUE_NUMBER_INT -> !json.getText().equals("0");
      case VALUE_STRING -> !json.getText().isEmpty();
      default -> value != JsonToken.VALUE_FALSE && value != JsonToken.VALUE_NULL;
    };
  }

  private void readInputs(JsonParser json) throws IOException {
    expectList(json, "inputs");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      checkCount(inputs.size(), "inputs");
      InputReader input = new InputReader("inputs[" + inputs.size() + "]");
      input.members(json);
      inputs.add(input);
    }
  }

  private void readOutputs(JsonParser json) throws IOException {
    expectList(json, "outputs");
    Set<String> names = new HashSet<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      checkCount(outputs.size(), "outputs");
      Output output = output(json, "outputs[" + outputs.size() + "]");
      if (!names.add(output.name())) {
        throw new Unusable("outputs: " + output.name() + " twice (expected: each once)");
      }
      outputs.add(output);
    }
  }

  private static Output output(JsonParser json, String what) throws IOException {
    ProtocolJson.expectObject(json.currentToken(), what);
    String name = "";
    Form form = Form.AS_THE_OTHERS;
    for (String member = json.nextFieldName(); member != null; member = json.nextFieldName()) {
      json.nextToken();
      switch (member) {
        case "name" -> name = ProtocolJson.text(json, what + " name");
        case "parameters" -> form = form(json, what + " parameters");
        default -> json.skipChildren();
      }
    }
    if (name.isEmpty()) {
      throw new Unusable(what + " name: none (expected: an output of the model)");
    }
    return new Output(name, form);
  }

  private static Form form(JsonParser json, String what) throws IOException {
    ProtocolJson.expectObject(json.currentToken(), what);
    Form form = Form.AS_THE_OTHERS;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken value = json.nextToken();
      switch (name) {
        case "binary_data" ->
            form = ProtocolJson.truth(json, what + ", binary_data") ? Form.BINARY : Form.JSON;
        case "classification" -> {
          if (isSet(json, value)) {
            throw new Unusable(
                what
                    + ", classification: not supported (expected: none; the output's own values"
                    + " are answered)");
          }
        }
        default -> {
          InputReader.refuseSharedMemory(name, what);
          json.skipChildren();
        }
      }
    }
    return form;
  }

  private static void expectList(JsonParser json, String what) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Unusable(
          what + ": " + TensorJson.kind(json.currentToken()) + " (expected: a list)");
    }
  }

  private static void checkCount(int before, String what) {
    if (before == MAX_TENSORS) {
      throw new Unusable(what + ": more than " + MAX_TENSORS + " (expected: no more)");
    }
  }
}
