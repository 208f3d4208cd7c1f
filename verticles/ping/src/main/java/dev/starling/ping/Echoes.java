package dev.starling.ping;

import dev.starling.ping.PingVerticle.Echo;
import dev.starling.ping.PingVerticle.Text;
import dev.starling.sdk.StreamReader;
import dev.starling.sdk.StreamWriter;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sends one client back what it sends, as fast as it reads its own words: while it does not, no
 * more is taken from it. Confined to the verticle's context.
 */
final class Echoes {
  private final String node;
  private final StreamReader<Text> in;
  private final StreamWriter<Echo> out;

  /** What came when nothing could be sent; at most a window. */
  private final Deque<Echo> waiting = new ArrayDeque<>();

  private boolean ending;

  Echoes(String node, StreamReader<Text> in, StreamWriter<Echo> out) {
    this.node = node;
    this.in = in;
    this.out = out;
  }

  void start() {
    in.onItem(this::received).onEnd(this::ended);
    out.onReady(this::send);
  }

  private void received(Text text) {
    waiting.add(new Echo(text.text(), node));
    send();
    if (!waiting.isEmpty()) {
      in.pause();
    }
  }

  private void ended() {
    ending = true;
    send();
  }

  private void send() {
    while (!waiting.isEmpty() && out.isReady()) {
      out.send(waiting.remove());
    }
    if (waiting.isEmpty()) {
      in.resume();
      if (ending) {
        out.end();
      }
    }
  }
}
