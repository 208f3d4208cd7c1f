package dev.starling.cluster.sockets;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;

/**
 * A connection without TLS, which looks at the first byte that it receives, to tell the operator of
 * a peer that speaks TLS. Threads use it as they use any socket.
 */
final class PlainPeerSocket extends Socket {
  /** The first byte of a TLS handshake (RFC 8446, 5.1), with which a caller begins. */
  private static final int TLS_HANDSHAKE = 0x16;

  /** The first byte of a TLS alert, with which a node answers who does not speak TLS. */
  private static final int TLS_ALERT = 0x15;

  /** The first byte of JGroups' cookie, with which a member introduces itself. */
  private static final int COOKIE = 'b';

  private final Refusals refusals;
  private final boolean accepted;

  /**
   * @param accepted true for the end that was called
   */
  PlainPeerSocket(Refusals refusals, boolean accepted) {
    this.refusals = refusals;
    this.accepted = accepted;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Received(super.getInputStream());
  }

  private SocketException refused(String reason) {
    refusals.report(getInetAddress().getHostAddress(), reason);
    return new SocketException(reason);
  }

  private final class Received extends FilterInputStream {
    private boolean looked;

    Received(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      return look(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        look(bytes[offset] & 0xFF);
      }
      return count;
    }

    private int look(int first) throws SocketException {
      if (!looked && first >= 0) {
        looked = true;
        if (first == TLS_HANDSHAKE || first == TLS_ALERT) {
          throw refused(
              "it speaks TLS and this node does not"
                  + " (expected: cluster.tls.enabled on every node or on none)");
        }
        if (accepted && first != COOKIE) {
          throw refused("what it sent is not how a member begins");
        }
      }
      return first;
    }
  }
}
