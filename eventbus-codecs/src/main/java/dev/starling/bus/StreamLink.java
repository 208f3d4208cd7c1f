package dev.starling.bus;

import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/**
 * The way from one end of a stream to the other, and when it was last used. Confined to the
 * stream's context.
 */
final class StreamLink {
  private final ContextStreams owner;
  private final StreamEnd own;
  private final StreamEnd peer;
  private final boolean local;
  private final MessageProducer<Frame> producer;
  private final long idleNanos;
  private long heardNanos;
  private boolean heard = true;
  private boolean used;

  StreamLink(ContextStreams owner, StreamEnd own, StreamEnd peer) {
    this.owner = owner;
    this.own = own;
    this.peer = peer;
    this.local = peer.node().equals(own.node());
    this.producer = owner.producer(peer, local);
    this.idleNanos = owner.options().idleTimeout().toNanos();
  }

  StreamEnd own() {
    return own;
  }

  StreamEnd peer() {
    return peer;
  }

  /** Both ends are on this node: items are passed on as they are. */
  boolean isLocal() {
    return local;
  }

  void send(StreamFrame frame) {
    used = true;
    producer.write(frame).onFailure(this::unsent);
  }

  private void unsent(Throwable cause) {
    // What else can go wrong with a send shows as a gap in what arrives, or as silence.
    if (cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS) {
      owner.gone(own, peer);
    }
  }

  void heard() {
    heard = true;
  }

  /** Whether nothing has come for the idle time. */
  boolean isSilent(long nowNanos) {
    if (heard) {
      heard = false;
      heardNanos = nowNanos;
    }
    return nowNanos - heardNanos > idleNanos;
  }

  /** Whether nothing was sent since this was last asked. */
  boolean isQuiet() {
    boolean quiet = !used;
    used = false;
    return quiet;
  }
}
