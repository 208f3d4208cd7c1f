package dev.starling.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/**
 * A real Redis server on a loopback port of its own, which tests may stop and start again. It keeps
 * nothing on disk: started again it is empty.
 *
 * <p>Used from test threads, which it blocks. Whoever makes one closes it.
 */
public final class TestRedis implements AutoCloseable {
  private final int port;
  private final List<String> settings;
  private RedisServer server;

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
      for (String setting : new ArrayList<>(settings)) {
        builder.setting(setting);
      }
      RedisServer started = builder.build();
      started.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
