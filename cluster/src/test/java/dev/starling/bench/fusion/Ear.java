package dev.starling.bench.fusion;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A port that nobody should call: it counts who does, on a thread of its own. */
final class Ear implements AutoCloseable {
  private final ServerSocket socket;
  private final AtomicInteger calls = new AtomicInteger();

  Ear() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::listen, "ear");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where it is. */
  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/picture.png";
  }

  int calls() {
    return calls.get();
  }

  private void listen() {
    while (!socket.isClosed()) {
      try (Socket caller = socket.accept()) {
        calls.incrementAndGet();
      } catch (IOException e) {
        // It was closed, or the caller is gone already, who counts nevertheless.
        if (!socket.isClosed()) {
          calls.incrementAndGet();
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
