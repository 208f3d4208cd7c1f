package dev.starling.bench.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;

/**
 * Takes a stream of server-sent events apart, of which each has its data in one line. Not
 * thread-safe.
 *
 * <p>Source: HTML Living Standard, 9.2.6 (interpreting an event stream), as far as needed.
 */
final class EventLines {
  private static final String EVENT = "event:";
  private static final String DATA = "data:";

  private final BiConsumer<String, String> taker;
  private Buffer rest = Buffer.buffer();
  private String event = "";

  /**
   * @param taker gets the kind and the data of each event
   */
  EventLines(BiConsumer<String, String> taker) {
    this.taker = taker;
  }

  /** Takes what came next, which may begin and end anywhere. */
  void add(Buffer bytes) {
    rest.appendBuffer(bytes);
    int from = 0;
    for (int at = 0; at < rest.length(); at++) {
      if (rest.getByte(at) == '\n') {
        line(rest.getString(from, at, UTF_8.name()));
        from = at + 1;
      }
    }
    rest = rest.getBuffer(from, rest.length());
  }

  private void line(String line) {
    if (line.startsWith(EVENT)) {
      event = line.substring(EVENT.length()).strip();
    } else if (line.startsWith(DATA)) {
      taker.accept(event, line.substring(DATA.length()).strip());
      event = "";
    }
  }
}
