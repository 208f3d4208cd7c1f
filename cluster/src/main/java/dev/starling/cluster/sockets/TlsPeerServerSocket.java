package dev.starling.cluster.sockets;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Listens, and gives out connections only after their other end has shown a certificate.
 *
 * <p>{@link #accept} may be called by one thread. Another one takes connections in and hands them
 * to a pool for their handshake; {@link #close} ends them all.
 */
final class TlsPeerServerSocket extends ServerSocket {
  /**
   * Handshakes at one time. Each ends within a second, so strangers who say nothing need more than
   * this many connections a second to keep members out, for as long as they go on.
   */
  private static final int MAX_HANDSHAKES = 32;

  /** Peers that wait for the accepting thread, which only reads a line of each. */
  private static final int MAX_READY = 64;

  private final Handshakes handshakes;
  private final BlockingQueue<Socket> ready = new ArrayBlockingQueue<>(MAX_READY);
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          MAX_HANDSHAKES,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          PeerSockets.daemon("starling-peer-handshake"));

  TlsPeerServerSocket(Handshakes handshakes) throws IOException {
    this.handshakes = handshakes;
  }

  @Override
  public void bind(SocketAddress endpoint, int backlog) throws IOException {
    super.bind(endpoint, backlog);
    PeerSockets.daemon("starling-peer-accept-" + getLocalPort()).newThread(this::takeIn).start();
  }

  @Override
  public Socket accept() throws IOException {
    try {
      while (!isClosed()) {
        Socket socket = ready.poll(1, TimeUnit.SECONDS);
        if (socket != null) {
          return socket;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SocketException("closed");
  }

  @Override
  public void close() throws IOException {
    super.close();
    pool.shutdownNow();
    for (Socket waiting = ready.poll(); waiting != null; waiting = ready.poll()) {
      waiting.close();
    }
  }

  private void takeIn() {
    while (!isClosed()) {
      TlsPeerSocket socket = new TlsPeerSocket(handshakes);
      try {
        implAccept(socket);
        pool.execute(() -> authenticate(socket));
      } catch (RejectedExecutionException e) {
        refuse(socket);
      } catch (IOException e) {
        pauseUnlessClosed();
      }
    }
  }

  private void authenticate(TlsPeerSocket socket) {
    try {
      socket.authenticate(false);
      if (!ready.offer(socket) || isClosed()) {
        socket.close();
      }
    } catch (IOException e) {
      // It has been counted and told.
    }
  }

  private void refuse(Socket socket) {
    if (!isClosed()) {
      handshakes
          .refusals()
          .report(
              socket.getInetAddress().getHostAddress(),
              "%d handshakes are under way (expected: a firewall that lets in nodes only)"
                  .formatted(MAX_HANDSHAKES));
    }
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use either way.
    }
  }

  /** Out of file descriptors, most likely: trying again at once would only burn a core. */
  private void pauseUnlessClosed() {
    if (!isClosed()) {
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
