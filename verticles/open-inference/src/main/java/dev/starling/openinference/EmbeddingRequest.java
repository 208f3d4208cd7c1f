package dev.starling.openinference;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.starling.sdk.TensorJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What OpenAI's clients send for embeddings.
 *
 * @param texts in UTF-8, in their order
 * @param base64 whether vectors are wanted as bytes in text
 * @param dimensions how long vectors must be; zero when the client did not say
 */
record EmbeddingRequest(String model, List<byte[]> texts, boolean base64, long dimensions) {

  /** Most texts of a request, and bytes of one. */
  record Limits(int maxTexts, int maxTextBytes) {}

  EmbeddingRequest {
    texts = List.copyOf(texts);
  }

  static Parsed<EmbeddingRequest> read(byte[] body, Limits limits) {
    try {
      return new Parsed.Good<>(
          ProtocolJson.readWhole(body, 0, body.length, json -> members(json, limits)));
    } catch (Unusable unusable) {
      return new Parsed.Bad<>(unusable.detail());
    }
  }

  private static EmbeddingRequest members(JsonParser json, Limits limits) throws IOException {
    ProtocolJson.expectObject(json.nextToken(), "body");
    String model = "";
    List<byte[]> texts = List.of();
    boolean base64 = false;
    long dimensions = 0;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "model" -> model = ProtocolJson.text(json, "model");
        case "input" -> texts = input(json, limits);
        case "encoding_format" -> base64 = isBase64(ProtocolJson.text(json, "encoding_format"));
        case "dimensions" -> dimensions = ProtocolJson.count(json, "dimensions");
        case "user" -> ProtocolJson.text(json, "user");
        default ->
            throw new Unusable(
                name
                    + ": unknown (expected one of: model, input, encoding_format, dimensions,"
                    + " user)");
      }
    }
    if (model.isEmpty()) {
      throw new Unusable("model: none (expected: the name of a model)");
    }
    if (texts.isEmpty()) {
      throw new Unusable("input: none (expected: a text, or a list of at least one)");
    }
    return new EmbeddingRequest(model, texts, base64, dimensions);
  }

  private static List<byte[]> input(JsonParser json, Limits limits) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return List.of(text(json, "input", limits));
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Unusable(
          "input: "
              + TensorJson.kind(json.currentToken())
              + " (expected: a text or a list of texts)");
    }
    List<byte[]> texts = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
          || json.currentToken() == JsonToken.START_ARRAY) {
        throw new Unusable(
            "input: token ids (expected: a text or a list of texts, since each model here has a"
                + " tokenizer of its own)");
      }
      if (texts.size() == limits.maxTexts) {
        throw new Unusable(
            "input: more than " + limits.maxTexts + " texts (expected: no more in one request)");
      }
      texts.add(text(json, "input[" + texts.size() + "]", limits));
    }
    return texts;
  }

  private static byte[] text(JsonParser json, String what, Limits limits) throws IOException {
    byte[] text = ProtocolJson.utf8(ProtocolJson.text(json, what), what);
    if (text.length == 0 || text.length > limits.maxTextBytes) {
      throw new Unusable(
          what
              + ": "
              + text.length
              + " bytes (expected: 1.."
              + limits.maxTextBytes
              + " bytes of UTF-8)");
    }
    return text;
  }

  private static boolean isBase64(String format) {
    return switch (format) {
      case "float" -> false;
      case "base64" -> true;
      default -> throw new Unusable("encoding_format: " + format + " (expected: float or base64)");
    };
  }
}
