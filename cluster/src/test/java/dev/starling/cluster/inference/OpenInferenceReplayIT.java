package dev.starling.cluster.inference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Triton's own client has sent gets the answers that it understood when they were recorded
 * ({@code scripts/record-oip}).
 */
@Timeout(120)
class OpenInferenceReplayIT {
  /** What an answer is compared by; the others are new with each request. */
  private static final List<String> HEADERS =
      List.of("content-type", "content-length", "inference-header-content-length", "retry-after");

  private static ReplayNode node;

  /**
   * An HTTP/1.1 message.
   *
   * @param start the request or status line
   */
  // Compared field by field.
  @SuppressWarnings("ArrayRecordComponent")
  private record Message(String start, Map<String, String> headers, byte[] body) {

    static Message parse(byte[] bytes) {
      String text = new String(bytes, ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      String[] lines = text.substring(0, end).split("\r\n", -1);
      Map<String, String> headers = new TreeMap<>();
      for (String line : Arrays.asList(lines).subList(1, lines.length)) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
      }
      return new Message(lines[0], headers, Arrays.copyOfRange(bytes, end + 4, bytes.length));
    }

    /** Where the JSON ends and the tensors' bytes begin. */
    int headLength() {
      String length = headers.get("inference-header-content-length");
      return length == null ? body.length : Integer.parseInt(length);
    }
  }

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    node = new ReplayNode(directory);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  static Stream<String> exchanges() throws IOException {
    try (Stream<Path> files = Files.list(recordings())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".request"))
          .map(name -> name.replaceFirst("\\.request$", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void recordings_areThere() throws IOException {
    assertThat(exchanges()).contains("infer-binary", "infer-json", "repository-index");
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void replay_whatTheClientSent_isAnsweredAsRecorded(String name) throws IOException {
    byte[] request = Files.readAllBytes(recordings().resolve(name + ".request"));
    Message recorded = Message.parse(Files.readAllBytes(recordings().resolve(name + ".answer")));

    Message answer = ask(request);

    assertThat(answer.start).isEqualTo(recorded.start);
    for (String header : HEADERS) {
      // Spread at random, as it should be.
      if (!header.equals("retry-after")) {
        assertThat(answer.headers.get(header)).as(header).isEqualTo(recorded.headers.get(header));
      }
      assertThat(answer.headers.containsKey(header))
          .as(header)
          .isEqualTo(recorded.headers.containsKey(header));
    }
    int head = recorded.headLength();
    assertThat(json(answer.body, head)).isEqualTo(json(recorded.body, head));
    assertThat(Arrays.copyOfRange(answer.body, head, answer.body.length))
        .isEqualTo(Arrays.copyOfRange(recorded.body, head, recorded.body.length));
  }

  private static Message ask(byte[] request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      socket.setSoTimeout((int) TestNode.PATIENCE.toMillis());
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        assertThat(next).as("after %s", head).isNotNegative();
        head.append((char) next);
      }
      Message message = Message.parse(head.toString().getBytes(ISO_8859_1));
      int length = Integer.parseInt(message.headers.getOrDefault("content-length", "0"));
      return new Message(message.start, message.headers, in.readNBytes(length));
    }
  }

  private static JsonNode json(byte[] body, int length) throws IOException {
    return Json.MAPPER.readTree(new String(body, 0, length, UTF_8));
  }

  private static Path recordings() {
    try {
      return Path.of(OpenInferenceReplayIT.class.getResource("/oip").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
