package dev.starling.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The loopback port of the embedded server: configured, or chosen once and remembered in a file.
 *
 * <p>Blocking. A remembered port is kept as long as it is free when the server starts, so that
 * connected nodes find a restarted server where it was.
 */
final class ServerPort {
  static final String LOOPBACK = "127.0.0.1";

  private static final byte[] LOOPBACK_BYTES = {127, 0, 0, 1};

  // Below Linux's ephemeral range (from 32768): no outgoing connection takes the port while the
  // server is down.
  private static final int LOWEST = 15_432;
  private static final int HIGHEST = 32_767;
  private static final int ATTEMPTS = 100;
  private static final int PROBE_MILLIS = 1_000;
  private static final int SSL_REQUEST_LENGTH = 8;
  private static final int SSL_REQUEST_CODE = 80_877_103;

  private final Path file;
  private final int fixed;

  /**
   * @param fixed the configured port, or 0
   */
  ServerPort(Path file, int fixed) {
    this.file = file;
    this.fixed = fixed;
  }

  private int remembered() throws IOException {
    String text = Files.readString(file).strip();
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new PostgresException(file + ": " + text + " (expected: a port)", e);
    }
  }

  private boolean isRemembered(int port) {
    try {
      return remembered() == port;
    } catch (IOException e) {
      return false;
    }
  }

  /** A free port to start the server on, remembered from now on. Under the control lock. */
  int choose() throws IOException {
    int port = free();
    if (!isRemembered(port)) {
      FileTrees.write(file, port + "\n", "rw-r--r--");
    }
    return port;
  }

  /** Whether a PostgreSQL server answers on {@code port}, were it only to say "not yet". */
  boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(at(port), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(
          ByteBuffer.allocate(SSL_REQUEST_LENGTH)
              .putInt(SSL_REQUEST_LENGTH)
              .putInt(SSL_REQUEST_CODE)
              .array());
      int answer = socket.getInputStream().read();
      return answer == 'N' || answer == 'S';
    } catch (IOException e) {
      return false;
    }
  }

  private int free() throws IOException {
    if (fixed != 0) {
      if (!isFree(fixed)) {
        throw new PostgresException(
            "postgres.embedded-port: " + fixed + " is taken (expected: a free port, or 0)");
      }
      return fixed;
    }
    if (Files.exists(file) && isFree(remembered())) {
      return remembered();
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new PostgresException(
        "no free port after " + ATTEMPTS + " attempts (expected: one in 15432..32767)");
  }

  private static InetSocketAddress at(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_BYTES), port);
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(at(port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
