package dev.starling.bench.inference;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Requests for embeddings in the shape of OpenAI's API, each for another text. */
final class EmbeddingRequests {
  static final String PATH = "/v1/embeddings";

  private EmbeddingRequests() {}

  static String body(String model, String text) {
    // The texts are words and blanks: nothing in them has to be escaped.
    return "{\"model\":\"" + model + "\",\"input\":\"" + text + "\"}";
  }

  /**
   * @param headers more lines of each request, each with its end
   */
  static Requests write(
      Path file, int port, String token, String headers, String model, List<String> texts)
      throws IOException {
    String all = "content-type: application/json\r\n" + headers;
    return Requests.write(
        file,
        texts.stream()
            .map(text -> Requests.post(port, PATH, token, all, Buffer.buffer(body(model, text))))
            .toList());
  }
}
