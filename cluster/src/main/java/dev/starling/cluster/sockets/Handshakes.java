package dev.starling.cluster.sockets;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/**
 * What the TLS sockets of one node share. Immutable.
 *
 * @param factory lays TLS over a connection
 * @param deadlines closes those whose handshake takes longer than {@link #LIMIT_MILLIS}
 */
record Handshakes(SSLSocketFactory factory, ScheduledExecutorService deadlines, Refusals refusals) {
  /**
   * A handshake is two round trips and some milliseconds of computing. Longer than the connect
   * time-out of the stack (300), shorter than what the failure detector waits (1500), because a
   * frozen peer holds the thread that sends to it, and the one that sends to all, for that long.
   */
  static final long LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(1);

  static final String[] PROTOCOLS = {"TLSv1.3"};
}
