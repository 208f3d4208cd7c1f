package dev.starling.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RequestsTest {
  @TempDir private Path directory;

  @Test
  void file_hasEachRequestBehindItsLength() throws IOException {
    Requests requests =
        Requests.write(
            directory.resolve("new").resolve("requests"),
            List.of(Buffer.buffer("one\n"), Buffer.buffer("two")));

    assertThat(Files.readString(requests.file())).isEqualTo("4\none\n\n3\ntwo\n");
  }

  @Test
  void binaryRequest_saysHowLongItsHeadIs() throws IOException {
    Requests requests =
        new RiskRequests("risk", 2, 3, 1)
            .write(directory.resolve("requests"), RiskRequests.Form.BINARY, 80, "t");

    String request = requests.all().get(0).toString(StandardCharsets.ISO_8859_1);
    String body = request.substring(request.indexOf("\r\n\r\n") + 4);
    int head = Integer.parseInt(header(request, "inference-header-content-length"));
    assertThat(body).hasSize(Integer.parseInt(header(request, "content-length")));
    assertThat(body.substring(0, head)).startsWith("{").endsWith("}").contains("[2,3]");
    assertThat(body.length() - head).isEqualTo(2 * 3 * Float.BYTES);
  }

  @Test
  void texts_ofASeed_areTheSameAgainAndDifferFromEachOther() {
    List<String> texts = Texts.draw(1_000, 12, 7);

    assertThat(Texts.draw(1_000, 12, 7)).isEqualTo(texts);
    assertThat(new HashSet<>(texts)).hasSize(texts.size());
    assertThat(texts).allSatisfy(text -> assertThat(text.split(" ")).hasSize(10));
  }

  private static String header(String request, String name) {
    int at = request.indexOf("\r\n" + name + ": ") + name.length() + 4;
    return request.substring(at, request.indexOf("\r\n", at));
  }
}
