package dev.starling.bench.inference;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * HTTP requests as they go over the wire, made before anything is measured.
 *
 * @param file with the same requests, each behind a line with its length and with an end of line
 *     after it; for generators that are other processes
 */
record Requests(List<Buffer> all, Path file) {

  static Requests write(Path file, List<Buffer> all) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (Buffer request : all) {
        out.write((request.length() + "\n").getBytes(StandardCharsets.US_ASCII));
        out.write(request.getBytes());
        out.write('\n');
      }
    }
    return new Requests(List.copyOf(all), file);
  }

  /**
   * A request with a body.
   *
   * @param headers lines besides those that every request has, each with its end
   */
  static Buffer post(int port, String path, String token, String headers, Buffer body) {
    String authorization = token.isEmpty() ? "" : "authorization: Bearer " + token + "\r\n";
    return Buffer.buffer(
            "POST "
                + path
                + " HTTP/1.1\r\nhost: 127.0.0.1:"
                + port
                + "\r\n"
                + authorization
                + headers
                + "content-length: "
                + body.length()
                + "\r\n\r\n")
        .appendBuffer(body);
  }

  static Buffer postJson(int port, String path, String token, String json) {
    return post(port, path, token, "content-type: application/json\r\n", Buffer.buffer(json));
  }
}
