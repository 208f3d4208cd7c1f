package dev.starling.load;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands before a server on loopback: makes it reachable elsewhere, and lets bytes pass late if
 * told to. Their order is kept; a sender is paused while too much of what it sent waits.
 *
 * <p>Everything happens on one event loop of its own; {@link #delay} and {@link #leadTo} may be
 * called by any thread.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int MAX_WAITING_BYTES = 1 << 20;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private volatile long delayMillis;
  private volatile int target;

  /**
   * @param host where it listens
   * @param loopbackPort the server's
   */
  public FaultProxy(String host, int port, int loopbackPort) {
    target = loopbackPort;
    NetClient client = vertx.createNetClient();
    NetServer server = vertx.createNetServer();
    server.connectHandler(
        incoming -> {
          incoming.pause();
          client
              .connect(target, "127.0.0.1")
              .onFailure(refused -> incoming.close())
              .onSuccess(
                  outgoing -> {
                    new Direction(incoming, outgoing);
                    new Direction(outgoing, incoming);
                    incoming.resume();
                  });
        });
    try {
      server.listen(port, host).await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(host + ":" + port + ": cannot be listened on", e);
    }
  }

  /** Holds what arrives from now on for so long, in each direction. */
  public void delay(long millis) {
    delayMillis = millis;
  }

  /** Leads connections that are made from now on to another server. */
  public void leadTo(int loopbackPort) {
    target = loopbackPort;
  }

  @Override
  public void close() {
    vertx.close();
  }

  private record Held(Buffer bytes, long dueNanos) {}

  private final class Direction {
    private final NetSocket from;
    private final NetSocket to;
    private final Deque<Held> held = new ArrayDeque<>();
    private int heldBytes;
    private boolean ended;
    private boolean waiting;

    Direction(NetSocket from, NetSocket to) {
      this.from = from;
      this.to = to;
      from.exceptionHandler(broken -> from.close());
      from.handler(this::take);
      from.closeHandler(
          gone -> {
            ended = true;
            pass();
          });
    }

    private void take(Buffer bytes) {
      held.add(new Held(bytes, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis)));
      heldBytes += bytes.length();
      if (heldBytes > MAX_WAITING_BYTES) {
        from.pause();
      }
      pass();
    }

    private void pass() {
      Held next = held.peek();
      while (next != null && next.dueNanos - System.nanoTime() <= 0) {
        held.remove();
        heldBytes -= next.bytes.length();
        to.write(next.bytes);
        next = held.peek();
      }
      if (next == null) {
        if (ended) {
          to.close();
        } else if (to.writeQueueFull()) {
          from.pause();
          to.drainHandler(room -> from.resume());
        } else {
          from.resume();
        }
      } else if (!waiting) {
        waiting = true;
        long millis = TimeUnit.NANOSECONDS.toMillis(next.dueNanos - System.nanoTime());
        vertx.setTimer(
            Math.max(1, millis),
            due -> {
              waiting = false;
              pass();
            });
      }
    }
  }
}
