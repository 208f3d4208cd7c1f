package dev.starling.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageProducer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ends of streams that live on one context. Confined to it, except {@link #gone}. */
final class ContextStreams {
  /** A place in the table: taken when a stream is asked for, filled when it is open. */
  private static final class Slot {
    @Nullable BusStream<?, ?> stream;
    @Nullable ServedStreams<?, ?, ?, ?> served;
  }

  private final BusNode node;
  private final Context context;
  private final int instance;
  private final OutgoingCalls calls;
  private final StreamOptions options;
  private final CallTable<Slot> slots;
  private long checkedNanos = System.nanoTime();
  private boolean closed;

  ContextStreams(BusNode node, Context context, int instance, OutgoingCalls calls) {
    this.node = node;
    this.context = context;
    this.instance = instance;
    this.calls = calls;
    this.options = node.options().streams();
    this.slots = new CallTable<>(options.max());
  }

  StreamOptions options() {
    return options;
  }

  BusObserver observer() {
    return node.observer();
  }

  Context context() {
    return context;
  }

  <Q, A, I, O> Future<Opened<A, I, O>> open(
      StreamAddress<Q, A, I, O> address, Q request, CallContext callContext) {
    Slot slot = new Slot();
    long id = begin(slot);
    if (id < 0) {
      return Future.failedFuture(full());
    }
    StreamEnd own = new StreamEnd(node.nodeId(), instance, id);
    ReceiveWindow window = window();
    Promise<Opened<A, I, O>> opened = Promise.promise();
    calls
        .callUnhedged(
            address.opening(), new OpenRequest<>(own, window.granted(), request), callContext)
        .onComplete(
            (reply, failure) -> {
              if (reply == null) {
                release(id);
                opened.fail(failure);
                return;
              }
              OpenReply.Accepted accepted = reply.accepted();
              if (accepted == null) {
                release(id);
                opened.complete(new Opened<>(reply.answer(), null));
                return;
              }
              BusStream<I, O> stream =
                  new BusStream<>(
                      this,
                      address,
                      StreamSide.CALLER,
                      address.in(),
                      address.out(),
                      new StreamLink(this, own, accepted.served()),
                      accepted.credit(),
                      window);
              slot.stream = stream;
              observer().streamOpened(address, StreamSide.CALLER);
              opened.complete(new Opened<>(reply.answer(), stream));
            });
    return opened.future();
  }

  /** Makes the service's end of a stream and says so; the caller has been asking for it. */
  <Q, A, I, O> void accept(
      ServedStreams<Q, A, I, O> served,
      OpenRequest<Q> request,
      Opening.Accept<A, I, O> accept,
      Promise<OpenReply<A>> reply) {
    Slot slot = new Slot();
    long id = closed || served.isClosing() ? -1 : begin(slot);
    if (id < 0) {
      reply.fail(full());
      return;
    }
    StreamAddress<Q, A, I, O> address = served.address();
    StreamEnd own = new StreamEnd(node.nodeId(), instance, id);
    ReceiveWindow window = window();
    BusStream<O, I> stream =
        new BusStream<>(
            this,
            address,
            StreamSide.SERVICE,
            address.out(),
            address.in(),
            new StreamLink(this, own, request.caller()),
            request.credit(),
            window);
    slot.stream = stream;
    slot.served = served;
    served.opened();
    observer().streamOpened(address, StreamSide.SERVICE);
    // The answer is sent by this, and so before any item.
    reply.complete(new OpenReply<>(new OpenReply.Accepted(own, window.granted()), accept.answer()));
    stream.begin(accept.begin());
  }

  void received(StreamFrame frame) {
    Slot slot = slots.get(frame.to().stream());
    BusStream<?, ?> stream = slot == null ? null : slot.stream;
    if (stream != null && stream.link().peer().equals(frame.from())) {
      stream.received(frame);
    } else {
      node.refuseStream(frame);
    }
  }

  void nodeLost(String lostNodeId) {
    for (BusStream<?, ?> stream : streams(null)) {
      if (stream.link().peer().node().equals(lostNodeId)) {
        stream.lost(
            new BusException(ErrorCode.NODE_LOST, lostNodeId + " was lost with its streams"));
      }
    }
  }

  /** The event bus knows nobody at the other end. Callable from any thread. */
  void gone(StreamEnd own, StreamEnd peer) {
    context.runOnContext(
        now -> {
          Slot slot = slots.get(own.stream());
          BusStream<?, ?> stream = slot == null ? null : slot.stream;
          if (stream != null && stream.link().peer().equals(peer)) {
            stream.lost(new BusException(ErrorCode.NODE_LOST, peer.node() + " is not there"));
          }
        });
  }

  void check(long nowNanos) {
    if (slots.inFlight() > 0 && nowNanos - checkedNanos >= options.keepAlive().toNanos()) {
      checkedNanos = nowNanos;
      streams(null).forEach(stream -> stream.check(nowNanos));
    }
  }

  void close() {
    closed = true;
    streams(null)
        .forEach(stream -> stream.reset(ErrorCode.UNAVAILABLE, "the other end is closing"));
  }

  /** The open streams, of one contract or of all. */
  List<BusStream<?, ?>> streams(@Nullable ServedStreams<?, ?, ?, ?> served) {
    List<BusStream<?, ?>> open = new ArrayList<>();
    slots.forEach(
        slot -> {
          if (slot.stream != null && (served == null || slot.served == served)) {
            open.add(slot.stream);
          }
        });
    return open;
  }

  void closed(BusStream<?, ?> stream) {
    Slot slot = release(stream.link().own().stream());
    if (slot != null && slot.served != null) {
      slot.served.closed();
    }
  }

  MessageProducer<Frame> producer(StreamEnd peer, boolean local) {
    return node.eventBus()
        .sender(
            local ? BusAddresses.inbox(peer.instance()) : BusAddresses.node(peer.node()),
            local ? BusNode.LOCAL : BusNode.CLUSTER);
  }

  private ReceiveWindow window() {
    return new ReceiveWindow(options.windowItems(), options.windowBytes());
  }

  private long begin(Slot slot) {
    if (!node.takeStream()) {
      return -1;
    }
    long id = slots.begin(slot);
    if (id < 0) {
      node.releaseStream();
    }
    return id;
  }

  private @Nullable Slot release(long id) {
    Slot slot = slots.finish(id);
    if (slot != null) {
      node.releaseStream();
    }
    return slot;
  }

  private BusException full() {
    return closed
        ? new BusException(ErrorCode.UNAVAILABLE, "the bus of this context is closed")
        : new BusException(
            ErrorCode.OVERLOADED, "streams: " + options.max() + " are open (expected: fewer)");
  }
}
