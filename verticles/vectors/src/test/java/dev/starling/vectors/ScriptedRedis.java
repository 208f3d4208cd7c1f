package dev.starling.vectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A server that speaks the protocol of Redis and answers what a test has written down. Arguments
 * are bytes, here one character each.
 */
final class ScriptedRedis implements AutoCloseable {
  private static final Map<String, String> GREETINGS =
      Map.of("ping", "+PONG\r\n", "select", "+OK\r\n");

  private final ServerSocket listening;
  private final Function<List<String>, String> script;

  /** What was asked, in order, without what a connection begins with. */
  final List<List<String>> commands = new CopyOnWriteArrayList<>();

  /**
   * @param script the raw answer to a command and its arguments
   */
  ScriptedRedis(Function<List<String>, String> script) throws IOException {
    this.script = script;
    this.listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  String uri() {
    return "redis://127.0.0.1:" + listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        daemon(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
      while (true) {
        List<String> command = new ArrayList<>();
        int count = number(in);
        for (int i = 0; i < count; i++) {
          byte[] argument = new byte[number(in)];
          in.readFully(argument);
          in.skipBytes(2);
          command.add(new String(argument, ISO_8859_1));
        }
        String answer = GREETINGS.get(command.get(0));
        if (answer == null) {
          commands.add(command);
          answer = script.apply(command);
        }
        client.getOutputStream().write(answer.getBytes(ISO_8859_1));
      }
    } catch (IOException closed) {
      // The client has left.
    }
  }

  /** The number of a line like {@code *3} or {@code $12}. */
  private static int number(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      line.append((char) c);
    }
    return Integer.parseInt(line.substring(1).strip());
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "scripted-redis");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
