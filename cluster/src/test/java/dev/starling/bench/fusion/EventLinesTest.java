package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventLinesTest {
  private static final String STREAM =
      ": hello\n\nevent: command\nid: 1\ndata: {\"a\":\"ä\"}\n\n:\n\nevent: error\ndata: {}\n\n";

  private final List<String> events = new ArrayList<>();
  private final EventLines lines = new EventLines((event, data) -> events.add(event + " " + data));

  @Test
  void stream_asAWhole_isItsEvents() {
    lines.add(Buffer.buffer(STREAM));

    assertThat(events).containsExactly("command {\"a\":\"ä\"}", "error {}");
  }

  @Test
  void stream_byteByByte_isTheSame() {
    for (byte one : Buffer.buffer(STREAM).getBytes()) {
      lines.add(Buffer.buffer(new byte[] {one}));
    }

    assertThat(events).containsExactly("command {\"a\":\"ä\"}", "error {}");
  }
}
