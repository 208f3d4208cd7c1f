package dev.starling.bus;

import dev.starling.codec.MalformedFrameException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of an open stream: sends items of one type as its peer grants credit, and receives items
 * of another.
 *
 * <p>Each direction ends by itself, with {@link #end()}; a reset ends both at once, whatever is
 * still on its way. However it ends, {@link #onClosed} hears of it exactly once. Items keep their
 * order, and a stream of which a frame was lost is reset.
 *
 * <p>Back-pressure: an end may send while {@link #isWritable()}. Credit is granted as the receiver
 * takes items: each as its handler returns, none while {@link #pause() paused}; so what is between
 * two ends is at most a window ({@link StreamOptions}).
 *
 * <p>Threading: confined to the context of the bus that it came from; handlers are called there.
 * Handlers do nothing until they are set.
 *
 * @param <S> what this end sends
 * @param <R> what it receives
 */
public final class BusStream<S, R> {
  private static final Logger log = LoggerFactory.getLogger(BusStream.class);

  private final ContextStreams owner;
  private final StreamAddress<?, ?, ?, ?> address;
  private final StreamSide side;
  private final ItemCodec<S> sent;
  private final ItemCodec<R> received;
  private final int maxItemBytes;
  private final StreamLink link;
  private final SendWindow sending;
  private final ReceiveWindow receiving;

  private Consumer<R> itemHandler = item -> {};
  private Runnable endHandler = () -> {};
  private Runnable writableHandler = () -> {};
  private @Nullable Runnable drainHandler;
  private Consumer<@Nullable BusException> closedHandler = reason -> {};
  private boolean paused;
  private boolean draining;
  private boolean ended;
  private boolean peerEnded;
  private boolean closed;
  private long reportedItems;

  BusStream(
      ContextStreams owner,
      StreamAddress<?, ?, ?, ?> address,
      StreamSide side,
      ItemCodec<S> sent,
      ItemCodec<R> received,
      StreamLink link,
      Credit credit,
      ReceiveWindow receiving) {
    this.owner = owner;
    this.address = address;
    this.side = side;
    this.sent = sent;
    this.received = received;
    this.maxItemBytes = owner.options().maxItemBytes();
    this.link = link;
    this.sending = new SendWindow(credit);
    this.receiving = receiving;
  }

  /** Called with each item. What it throws is logged and resets the stream. */
  public BusStream<S, R> onItem(Consumer<R> handler) {
    itemHandler = handler;
    return this;
  }

  /** Called when the peer sends no more items. */
  public BusStream<S, R> onEnd(Runnable handler) {
    endHandler = handler;
    return this;
  }

  /** Called whenever the stream, after it was not, is writable again. */
  public BusStream<S, R> onWritable(Runnable handler) {
    writableHandler = handler;
    return this;
  }

  /**
   * Called when the service is about to stop; the stream should end soon. Without a handler it is
   * reset with {@code UNAVAILABLE}.
   */
  public BusStream<S, R> onDrain(Runnable handler) {
    drainHandler = handler;
    return this;
  }

  /** Called once, with null when both directions have ended, otherwise with what broke it. */
  public BusStream<S, R> onClosed(Consumer<@Nullable BusException> handler) {
    closedHandler = handler;
    return this;
  }

  /** Whether an item may be sent now. */
  public boolean isWritable() {
    return !closed && !ended && sending.isOpen();
  }

  public boolean isClosed() {
    return closed;
  }

  /**
   * Sends an item.
   *
   * <p>An item without credit, or one that is too large or cannot be written, is a mistake of the
   * sender and resets the stream with {@code INTERNAL}. After the end it is ignored.
   *
   * @return whether more may be sent
   */
  public boolean send(S item) {
    if (closed || ended) {
      return false;
    }
    if (!sending.isOpen()) {
      reset(ErrorCode.INTERNAL, "item " + (sending.items() + 1) + " was sent without credit");
      return false;
    }
    Object payload;
    int size;
    try {
      size = sent.size(item);
      payload = link.isLocal() ? item : new EncodedPayload(sent.toBytes(item));
    } catch (RuntimeException bug) {
      log.error("An item of {} cannot be written", address, bug);
      reset(ErrorCode.INTERNAL, "an item cannot be written");
      return false;
    }
    if (size > maxItemBytes) {
      reset(
          ErrorCode.INTERNAL, "item: " + size + " bytes (expected: <= " + maxItemBytes + " bytes)");
      return false;
    }
    sending.sent(size);
    link.send(new StreamFrame.Data(link.own(), link.peer(), sending.items(), payload));
    return isWritable();
  }

  /** Sends no more items; harmless when it was said before. */
  public void end() {
    if (closed || ended) {
      return;
    }
    ended = true;
    link.send(new StreamFrame.End(link.own(), link.peer(), sending.items()));
    if (peerEnded) {
      close(null);
    }
  }

  /** Ends both directions at once; harmless when they have ended. */
  public void reset(ErrorCode code, String message) {
    if (!closed) {
      BusException reason = new BusException(code, message);
      link.send(new StreamFrame.Reset(link.own(), link.peer(), reason));
      close(reason);
    }
  }

  /** Takes no more items for now: at most a window of them still arrives. */
  public void pause() {
    paused = true;
  }

  /** Takes what has arrived, and more. */
  public void resume() {
    paused = false;
    take();
  }

  StreamLink link() {
    return link;
  }

  void begin(Consumer<BusStream<S, R>> handler) {
    handle(() -> handler.accept(this));
  }

  void received(StreamFrame frame) {
    link.heard();
    if (frame instanceof StreamFrame.Data data) {
      data(data);
    } else if (frame instanceof StreamFrame.Grant grant) {
      granted(grant);
    } else if (frame instanceof StreamFrame.End end) {
      peerEnded(end);
    } else if (frame instanceof StreamFrame.Reset reset) {
      close(reset.reason());
    }
  }

  private void data(StreamFrame.Data data) {
    if (peerEnded) {
      reset(ErrorCode.INTERNAL, "item " + data.number() + " came after the end");
      return;
    }
    R item;
    try {
      item = item(data.payload());
    } catch (MalformedFrameException e) {
      reset(ErrorCode.INTERNAL, "item " + data.number() + ": " + e.getMessage());
      return;
    }
    String violation = receiving.receive(data.number(), received.size(item));
    if (violation != null) {
      reset(ErrorCode.INTERNAL, violation);
      return;
    }
    handle(() -> itemHandler.accept(item));
    take();
  }

  @SuppressWarnings("unchecked") // on a local hop the payload is what the peer sent
  private R item(Object payload) {
    return payload instanceof EncodedPayload encoded
        ? received.fromBytes(encoded.bytes())
        : (R) payload;
  }

  private void granted(StreamFrame.Grant grant) {
    if (isComplete(grant.sent())) {
      boolean wasWritable = isWritable();
      sending.raise(grant.credit());
      if (!wasWritable && isWritable()) {
        handle(writableHandler);
      }
    }
  }

  private void peerEnded(StreamFrame.End end) {
    if (!peerEnded && isComplete(end.sent())) {
      peerEnded = true;
      handle(endHandler);
      if (ended && !closed) {
        close(null);
      }
    }
  }

  private boolean isComplete(long sentByPeer) {
    String loss = receiving.check(sentByPeer);
    if (loss != null) {
      reset(ErrorCode.INTERNAL, loss);
    }
    return loss == null;
  }

  private void take() {
    if (!paused && !closed && !peerEnded && receiving.take()) {
      grant();
    }
  }

  private void grant() {
    link.send(new StreamFrame.Grant(link.own(), link.peer(), sending.items(), receiving.granted()));
  }

  private void handle(Runnable handler) {
    try {
      handler.run();
    } catch (RuntimeException | Error bug) {
      log.error("A handler of a stream of {} failed", address, bug);
      reset(ErrorCode.INTERNAL, address + " failed");
    }
  }

  /** The service that this end belongs to stops. */
  void drain() {
    Runnable handler = drainHandler;
    if (handler == null) {
      reset(ErrorCode.UNAVAILABLE, address + " is stopping");
    } else if (!draining) {
      draining = true;
      handle(handler);
    }
  }

  /** The peer cannot be told any more. */
  void lost(BusException reason) {
    if (!closed) {
      close(reason);
    }
  }

  /** Called every keep-alive: finds a peer that is silent, and breaks an own silence. */
  void check(long nowNanos) {
    report();
    if (link.isLocal()) {
      return;
    }
    if (link.isSilent(nowNanos)) {
      reset(ErrorCode.DEADLINE_EXCEEDED, link.peer().node() + " was silent for too long");
    } else if (link.isQuiet()) {
      grant();
    }
  }

  private void close(@Nullable BusException reason) {
    closed = true;
    report();
    owner.closed(this);
    owner.observer().streamClosed(address, side, reason == null ? null : reason.code());
    try {
      closedHandler.accept(reason);
    } catch (RuntimeException | Error bug) {
      log.error("A handler of a stream of {} failed", address, bug);
    }
  }

  private void report() {
    long items = sending.items();
    if (items != reportedItems) {
      owner.observer().streamItems(address, side, items - reportedItems);
      reportedItems = items;
    }
  }
}
