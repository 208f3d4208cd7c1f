package dev.starling.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/**
 * A real Redis server on a loopback port of its own, which tests may stop and start again. It keeps
 * nothing on disk: started again it is empty. {@code STARLING_TEST_REDIS} names another server's
 * program, e.g. that of Valkey, which then runs in its place.
 *
 * <p>Used from test threads, which it blocks. Whoever makes one closes it.
 */
public final class TestRedis implements AutoCloseable {
  private final int port;
  private final List<String> settings;
  private RedisServer server;
  private long pid;

  private TestRedis(int port, List<String> settings) {
    this.port = port;
    this.settings = settings;
    this.server = run();
  }

  /**
   * Starts a server.
   *
   * @param settings lines of its configuration, e.g. {@code requirepass secret}
   */
  public static TestRedis start(String... settings) {
    return new TestRedis(freePort(), List.of(settings));
  }

  public int port() {
    return port;
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends the process at once; its clients lose their connections. */
  public void kill() {
    signal("KILL");
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again on the same port, empty. */
  public void restart() {
    server = run();
  }

  /** Stops the process where it is: it keeps its connections and does not answer. */
  public void freeze() {
    signal("STOP");
  }

  public void thaw() {
    signal("CONT");
  }

  /** The library does not tell the id, but the server does. */
  private void signal(String name) {
    try {
      int exit =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException("kill -" + name + " " + pid + ": " + exit);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (server.isActive()) {
      kill();
    }
  }

  private RedisServer run() {
    try {
      RedisServerBuilder builder =
          RedisServer.newRedisServer()
              .port(port)
              .bind("127.0.0.1")
              .setting("save \"\"")
              .setting("appendonly no")
              .onShutdownForceStop(true);
      String other = System.getenv("STARLING_TEST_REDIS");
      if (other != null) {
        builder.executableProvider(() -> new File(other));
      }
      for (String setting : new ArrayList<>(settings)) {
        builder.setting(setting);
      }
      RedisServer started = builder.build();
      started.start();
      pid = readPid();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long readPid() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((login() + "INFO server\r\n").getBytes(US_ASCII));
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (String line = answer.readLine(); line != null; line = answer.readLine()) {
        if (line.startsWith("process_id:")) {
          return Long.parseLong(line.substring("process_id:".length()).strip());
        }
      }
      throw new IOException("Redis does not say its process id");
    }
  }

  private String login() {
    return settings.stream()
        .filter(setting -> setting.startsWith("requirepass "))
        .map(setting -> "AUTH " + setting.substring("requirepass ".length()) + "\r\n")
        .findFirst()
        .orElse("");
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
