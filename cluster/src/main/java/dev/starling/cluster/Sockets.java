package dev.starling.cluster;

import dev.starling.cluster.config.SocketTransport;
import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Finds the transport that a node's sockets use. See docs/adr/0020-io-uring.md.
 *
 * <p>A system may lack io_uring although its kernel has it: containers commonly forbid it.
 */
final class Sockets {
  /** Netty's switch, which it reads once, before the first socket. */
  static final String ACCEPT_MANY = "io.netty.iouring.acceptMultiShotEnabled";

  private Sockets() {}

  /**
   * @throws StartFailure when a transport was asked for that this system does not have
   */
  static Transport transport(SocketTransport wanted) {
    // A request for many connections can end unnoticed, and then its listener accepts nobody any
    // more, without an error anywhere (docs/adr/0020-io-uring.md). Connections here live long.
    if (System.getProperty(ACCEPT_MANY) == null) {
      System.setProperty(ACCEPT_MANY, "false");
    }
    return switch (wanted) {
      case AUTO -> firstOf(Transport.IO_URING, Transport.EPOLL);
      case IO_URING -> required("io_uring", Transport.IO_URING);
      case EPOLL -> required("epoll", Transport.EPOLL);
      case NIO -> Transport.NIO;
    };
  }

  private static Transport firstOf(@Nullable Transport... candidates) {
    for (Transport candidate : candidates) {
      if (candidate != null && candidate.available()) {
        return candidate;
      }
    }
    return Transport.NIO;
  }

  private static Transport required(String name, @Nullable Transport transport) {
    if (transport == null || !transport.available()) {
      Throwable cause = transport == null ? null : transport.unavailabilityCause();
      throw new StartFailure(
          "transport: %s is not to be had here%s (expected: auto, or one that this system has)"
              .formatted(name, cause == null ? "" : ", " + cause.getMessage()));
    }
    return transport;
  }
}
