package dev.starling.edge;

import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import org.jspecify.annotations.Nullable;

/**
 * A stream on its last hop: takes items from the bus as fast as the client reads them. Confined to
 * its event loop.
 *
 * <p>When the client's socket is full the stream is paused, so the credit of the producer runs out;
 * between the two is one window of the bus and what the socket's queue holds. It ends once: by the
 * service, by the client, or by the edge.
 */
abstract class ClientStream {
  final Exchange exchange;
  final BusStream<StreamMessage, StreamMessage> stream;
  private boolean over;

  ClientStream(Exchange exchange, BusStream<StreamMessage, StreamMessage> stream) {
    this.exchange = exchange;
    this.stream = stream;
  }

  /** Hands the client an item; false when it should not get more for now. */
  abstract boolean write(Item item);

  /** Tells the client that the stream is complete, or why it is not. */
  abstract void conclude(@Nullable StreamFailure failure);

  /** Does what is due by now: heartbeats, patience that ends. */
  abstract void tick(long nowNanos);

  final void begin() {
    exchange.loop().streams.add(this);
    stream.onItem(this::received).onEnd(() -> finish(null)).onClosed(this::closed);
  }

  final boolean isOver() {
    return over;
  }

  /** The client takes more. */
  final void drained() {
    stream.resume();
  }

  /** The edge stops: the client is asked to come back, to another node. */
  final void drain() {
    exchange.connection().drain(exchange.loop().config.shutdownGrace().toMillis());
    breakOff(StreamErrors.broken(ErrorCode.UNAVAILABLE), "the edge is stopping");
  }

  /** The client left, or has to. */
  final void gone() {
    if (end()) {
      stream.reset(ErrorCode.CANCELLED, "the client left");
    }
  }

  /** Ends the stream for a reason of the client's own. */
  final void refuse(StreamFailure failure) {
    breakOff(failure, "the client broke the rules");
  }

  private void received(StreamMessage message) {
    if (over) {
      return;
    }
    if (message instanceof Item item) {
      if (!write(item)) {
        stream.pause();
      }
    } else if (message instanceof Answered answered) {
      if (!write(StreamText.answered(answered, exchange.requestId().toString()))) {
        stream.pause();
      }
    } else if (message instanceof Failed failed) {
      finish(StreamErrors.refused(failed.reason()));
    }
  }

  private void closed(@Nullable BusException failure) {
    if (failure != null) {
      finish(StreamErrors.broken(failure.code()));
    }
  }

  private void finish(@Nullable StreamFailure failure) {
    if (end()) {
      conclude(failure);
      stream.end();
    }
  }

  private void breakOff(StreamFailure failure, String reason) {
    if (end()) {
      conclude(failure);
      stream.reset(ErrorCode.CANCELLED, reason);
    }
  }

  private boolean end() {
    boolean first = !over;
    over = true;
    if (first) {
      exchange.loop().streams.remove(this);
    }
    return first;
  }
}
