package dev.starling.edge;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client that sends the bytes that it is told to, and reads answers one at a time. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  record Answer(int status, Map<String, String> headers, String body) {
    boolean closes() {
      return "close".equals(headers.get("connection"));
    }
  }

  RawClient(int port) throws IOException {
    this(port, 0);
  }

  /** One for which the kernel keeps little that it has not read. */
  static RawClient withSmallBuffer(int port) throws IOException {
    return new RawClient(port, 4096);
  }

  private RawClient(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
    in = socket.getInputStream();
  }

  /** Sends text, one byte for each character. */
  RawClient send(String text) throws IOException {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (SocketException closed) {
      // The server closed while it was being sent to; what it answered is read next.
    }
    return this;
  }

  /** Sends the text again and again until the server closes; false when it never does. */
  boolean trickleUntilClosed(String text, int pauseMillis) throws IOException {
    socket.setSoTimeout(pauseMillis);
    for (int i = 0; i < PATIENCE_MILLIS / pauseMillis; i++) {
      send(text);
      try {
        if (in.read() < 0) {
          return true;
        }
      } catch (SocketTimeoutException open) {
        // Nothing yet: the pause is over, and the connection is still there.
      } catch (SocketException closed) {
        return true;
      }
    }
    return false;
  }

  /** The next answer; null when the server has closed the connection instead. */
  @Nullable Answer read() throws IOException {
    return read(false);
  }

  /** As {@link #read()}, for an answer that has no body whatever its headers say. */
  @Nullable Answer readHead() throws IOException {
    return read(true);
  }

  /** The next so many chunks of a body, one character for each byte. */
  String readChunks(int count) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int length = Integer.parseInt(line(), 16);
      text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      line();
    }
    return text.toString();
  }

  /** The chunks that are left of a body which is complete. */
  String readBody() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String chunk = readChunks(1); !chunk.isEmpty(); chunk = readChunks(1)) {
      text.append(chunk);
    }
    return text.toString();
  }

  /** Everything until the server closes, one character for each byte. */
  String readAll() throws IOException {
    try {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException closed) {
      return "";
    }
  }

  private @Nullable Answer read(boolean headOnly) throws IOException {
    String statusLine;
    try {
      statusLine = line();
    } catch (EOFException | SocketException closed) {
      return null;
    }
    // Of a request with an unknown version, Vert.x repeats it.
    int space = statusLine.indexOf(' ');
    int status = Integer.parseInt(statusLine.substring(space + 1, space + 4));
    if (!statusLine.startsWith("HTTP/1.") && status != 501) {
      throw new AssertionError("not a status line: " + statusLine);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = headOnly ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new AssertionError("the answer ended early: " + statusLine + headers);
    }
    return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
