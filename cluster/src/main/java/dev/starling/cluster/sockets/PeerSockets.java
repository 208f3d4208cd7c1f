package dev.starling.cluster.sockets;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import org.jgroups.util.DefaultSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets of a JGroups TCP transport: all of them TLS, or none.
 *
 * <p>Thread-safe. With TLS it owns the thread that keeps handshakes to their deadline; {@link
 * #close} ends it, after the channel is closed.
 */
public final class PeerSockets extends DefaultSocketFactory implements AutoCloseable {
  private final Refusals refusals;
  private final @Nullable SSLContext tls;
  private final @Nullable ScheduledExecutorService deadlines;

  private PeerSockets(Refusals refusals, @Nullable SSLContext tls) {
    this.refusals = refusals;
    this.tls = tls;
    this.deadlines =
        tls == null
            ? null
            : Executors.newSingleThreadScheduledExecutor(daemon("starling-peer-deadlines"));
  }

  /** Sockets without TLS, which notice a peer that speaks it. */
  public static PeerSockets plain(Refusals refusals) {
    return new PeerSockets(refusals, null);
  }

  /**
   * Sockets that speak TLS 1.3 only and want a certificate from the other end, whichever end
   * called.
   *
   * @param context this node's key and the authorities that it trusts
   */
  public static PeerSockets tls(SSLContext context, Refusals refusals) {
    return new PeerSockets(refusals, context);
  }

  public boolean isTls() {
    return tls != null;
  }

  @Override
  public Socket createSocket(String service) throws IOException {
    Handshakes handshakes = handshakes();
    return handshakes == null
        ? new PlainPeerSocket(refusals, false)
        : new TlsPeerSocket(handshakes);
  }

  @Override
  public ServerSocket createServerSocket(String service) throws IOException {
    Handshakes handshakes = handshakes();
    return handshakes == null
        ? new PlainPeerServerSocket(refusals)
        : new TlsPeerServerSocket(handshakes);
  }

  @Override
  public void close() {
    ScheduledExecutorService running = deadlines;
    if (running != null) {
      running.shutdownNow();
    }
  }

  private @Nullable Handshakes handshakes() {
    SSLContext context = tls;
    ScheduledExecutorService timer = deadlines;
    return context == null || timer == null
        ? null
        : new Handshakes(context.getSocketFactory(), timer, refusals);
  }

  static java.util.concurrent.ThreadFactory daemon(String name) {
    return task -> {
      Thread made = new Thread(task, name);
      made.setDaemon(true);
      return made;
    };
  }
}
