package dev.starling.cluster.sockets;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries TLS and has no streams but those of TLS.
 *
 * <p>Threads use it as they use any socket. {@link #close} closes the connection below without the
 * farewell of TLS, which could wait for a frozen peer; messages carry their length and JGroups says
 * good-bye itself, so nothing is cut off unnoticed.
 */
final class TlsPeerSocket extends Socket {
  private final Handshakes handshakes;
  private volatile @Nullable SSLSocket tls;
  private volatile boolean layering;

  TlsPeerSocket(Handshakes handshakes) {
    this.handshakes = handshakes;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
    super.connect(endpoint, timeoutMillis);
    authenticate(true);
  }

  /**
   * Proves who this end is and has the other end do the same; waits for {@link
   * Handshakes#LIMIT_MILLIS} at the most.
   *
   * @param calling true on the end that connected
   * @throws SocketException when it failed; the socket is closed and the reason told
   */
  void authenticate(boolean calling) throws SocketException {
    Future<?> deadline = closeLater();
    try {
      SSLSocket made = layer();
      made.setUseClientMode(calling);
      made.setNeedClientAuth(!calling);
      made.setEnabledProtocols(Handshakes.PROTOCOLS);
      made.startHandshake();
      tls = made;
    } catch (IOException e) {
      boolean late = deadline.isDone();
      closeQuietly();
      throw refused(e, late, calling);
    } finally {
      deadline.cancel(false);
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    SSLSocket secured = tls;
    if (secured != null) {
      return new Received(secured.getInputStream());
    }
    return raw(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    SSLSocket secured = tls;
    return secured != null ? secured.getOutputStream() : raw(super.getOutputStream());
  }

  /** The bare stream is for TLS alone, while it is laid over this socket. */
  private <S> S raw(S stream) throws SocketException {
    if (!layering) {
      throw new SocketException("the handshake has not been done");
    }
    return stream;
  }

  private SSLSocket layer() throws IOException {
    layering = true;
    try {
      return (SSLSocket) handshakes.factory().createSocket(this, host(), getPort(), true);
    } finally {
      layering = false;
    }
  }

  private Future<?> closeLater() throws SocketException {
    try {
      return handshakes
          .deadlines()
          .schedule(this::closeQuietly, Handshakes.LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      closeQuietly();
      throw new SocketException("this node has left");
    }
  }

  private SocketException refused(IOException failure, boolean late, boolean calling) {
    String reason =
        late
            ? "it did not finish the handshake within " + Handshakes.LIMIT_MILLIS + " ms"
            : HandshakeFailure.reason(failure);
    if (!calling && !late && HandshakeFailure.isEnd(failure)) {
      handshakes.refusals().count(1); // a port probe
    } else {
      handshakes.refusals().report(host(), reason);
    }
    return new SocketException(reason);
  }

  private String host() {
    return getInetAddress().getHostAddress();
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // It is of no use any more either way.
    }
  }

  /**
   * With TLS 1.3 a caller's handshake ends before the other end has looked at the caller's
   * certificate: a refusal arrives where the first message was expected.
   */
  private final class Received extends FilterInputStream {
    Received(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (SSLException e) {
        throw ended(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (SSLException e) {
        throw ended(e);
      }
    }

    private SocketException ended(SSLException failure) {
      return !isClosed() && HandshakeFailure.isRefusal(failure)
          ? refused(failure, false, true)
          : new SocketException("ended: " + failure.getMessage());
    }
  }
}
