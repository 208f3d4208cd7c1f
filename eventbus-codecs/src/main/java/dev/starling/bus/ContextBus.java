package dev.starling.bus;

import dev.starling.codec.MalformedFrameException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus of one context: it makes the context's calls, holds its ends of streams, and serves the
 * instances that live on it.
 *
 * <p>Threading: confined to its context, except {@link #nodeLost} and {@link #nodeSuspected}.
 */
public final class ContextBus implements Bus {
  /*
   * A request that this context sends to itself still goes through the event bus, so a busy
   * instance cannot run ahead of others in the loop's queue, and what is counted or traced there
   * sees every hop. It costs a queue entry, not a thread switch.
   */
  private static final Logger log = LoggerFactory.getLogger(ContextBus.class);

  private final BusNode node;
  private final EventBus eventBus;
  private final Context context;
  private final int instance;
  private final int maxBodyBytes;
  private final BusObserver observer;
  private final OutgoingCalls calls;
  private final ContextStreams streams;
  private final Map<String, ServedInstance> served = new HashMap<>();
  private final Set<MessageConsumer<Frame.Event>> subscriptions = new HashSet<>();
  private final MessageConsumer<Frame> inbox;
  private final long timer;
  private boolean closed;

  ContextBus(BusNode node, Context context, int instance) {
    this.node = node;
    this.eventBus = node.eventBus();
    this.context = context;
    this.instance = instance;
    this.maxBodyBytes = node.options().maxBodyBytes();
    this.observer = node.observer();
    this.calls = new OutgoingCalls(node, context, instance);
    this.streams = new ContextStreams(node, context, instance, calls);
    this.inbox = eventBus.localConsumer(BusAddresses.inbox(instance), this::received);
    this.timer = node.vertx().setPeriodic(node.options().tick().toMillis(), tick -> tick());
    rehearseLoss();
  }

  /**
   * Nobody has this name. But the JVM links what a loss needs here and now, and not when a node is
   * lost for the first time and calls wait for this very loop.
   */
  private void rehearseLoss() {
    calls.nodeSuspected("");
    calls.nodeLost("");
    streams.nodeLost("");
  }

  @Override
  public <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext callContext) {
    return closed ? closed() : calls.call(address, request, callContext);
  }

  @Override
  public <Q, A, I, O> Future<Opened<A, I, O>> open(
      StreamAddress<Q, A, I, O> address, Q request, CallContext callContext) {
    return closed ? closed() : streams.open(address, request, callContext);
  }

  @Override
  public <Q, R> Future<Registration> serve(Address<Q, R> address, Responder<Q, R> responder) {
    if (closed) {
      return closed();
    }
    return served
        .computeIfAbsent(
            address.service(), name -> new ServedInstance(node, context, name, instance))
        .add(address, responder);
  }

  @Override
  public <Q, A, I, O> Future<Registration> serve(
      StreamAddress<Q, A, I, O> address, StreamResponder<Q, A, I, O> responder) {
    ServedStreams<Q, A, I, O> accepted = new ServedStreams<>(streams, address, responder);
    return serve(address.opening(), accepted::respond)
        .map(opening -> () -> Future.join(opening.close(), accepted.drain()).mapEmpty());
  }

  @Override
  public <E> void publish(Topic<E> topic, E event) {
    eventBus.publish(BusAddresses.EVENTS, encode(topic, event));
  }

  /**
   * Sends an event to the subscribers of some nodes only, which need not be reachable. To this node
   * it is not sent.
   */
  public <E> void publishTo(Iterable<String> nodeIds, Topic<E> topic, E event) {
    Frame.Event frame = encode(topic, event);
    for (String nodeId : nodeIds) {
      if (!nodeId.equals(node.nodeId())) {
        eventBus.send(BusAddresses.node(nodeId), frame);
      }
    }
  }

  @Override
  public <E> Future<Registration> subscribe(Topic<E> topic, Consumer<E> subscriber) {
    if (closed) {
      return closed();
    }
    MessageConsumer<Frame.Event> consumer =
        eventBus.localConsumer(
            BusAddresses.topic(topic.name()), message -> deliver(topic, message, subscriber));
    subscriptions.add(consumer);
    return consumer
        .completion()
        .map(
            done ->
                () -> {
                  subscriptions.remove(consumer);
                  return consumer.unregister();
                });
  }

  /**
   * Lets the instances that this context has of these services get no new calls; completes when
   * they have answered those that they have. They stay registered: what is on its way is served.
   */
  public Future<Void> retire(Collection<String> services) {
    return Future.join(
            served.entrySet().stream()
                .filter(entry -> services.contains(entry.getKey()))
                .map(entry -> entry.getValue().retire())
                .toList())
        .mapEmpty();
  }

  /**
   * Takes every registration of this context back and fails what is still in flight, calls with
   * {@code UNKNOWN_OUTCOME} since they may have been done, streams with {@code UNAVAILABLE}. Calls
   * that are made afterwards fail with {@code UNAVAILABLE}.
   */
  public Future<Void> close() {
    closed = true;
    node.vertx().cancelTimer(timer);
    node.left(this);
    List<Future<Void>> closing = new ArrayList<>();
    closing.add(inbox.unregister());
    served.values().forEach(service -> closing.add(service.close()));
    subscriptions.forEach(subscription -> closing.add(subscription.unregister()));
    subscriptions.clear();
    streams.close();
    calls.close();
    return Future.join(closing).mapEmpty();
  }

  /** Callable from any thread. */
  void nodeLost(String lostNodeId) {
    context.runOnContext(
        now -> {
          calls.nodeLost(lostNodeId);
          streams.nodeLost(lostNodeId);
        });
  }

  private <E> Frame.Event encode(Topic<E> topic, E event) {
    byte[] bytes = topic.codec().toBytes(event);
    String tooLarge = BusNode.tooLarge(bytes.length, maxBodyBytes);
    if (tooLarge != null) {
      throw new IllegalArgumentException(topic + ": " + tooLarge);
    }
    return new Frame.Event(topic.name(), new EncodedPayload(bytes));
  }

  /** Callable from any thread. */
  void nodeSuspected(String suspect) {
    context.runOnContext(now -> calls.nodeSuspected(suspect));
  }

  private void received(Message<Frame> message) {
    if (message.body() instanceof Frame.Reply reply) {
      calls.answered(reply);
    } else if (message.body() instanceof StreamFrame frame) {
      streams.received(frame);
    }
  }

  private void tick() {
    calls.expire();
    calls.hedge();
    streams.check(System.nanoTime());
  }

  private <E> void deliver(Topic<E> topic, Message<Frame.Event> message, Consumer<E> subscriber) {
    if (!(message.body().payload() instanceof EncodedPayload encoded)) {
      return;
    }
    E event;
    try {
      event = topic.codec().fromBytes(encoded.bytes());
    } catch (MalformedFrameException e) {
      observer.frameDropped(topic + ": " + e.getMessage());
      return;
    }
    subscriber.accept(event);
  }

  private static <R> Future<R> closed() {
    return failed(ErrorCode.UNAVAILABLE, "the bus of this context is closed");
  }

  private static <R> Future<R> failed(ErrorCode code, String message) {
    return Future.failedFuture(new BusException(code, message));
  }

  /** Logs a bug where it is caught, once, with the trace that leads to its request. */
  static BusException unexpected(Frame.Request request, @Nullable Throwable bug) {
    log.error(
        "{}/{} failed, trace {}",
        request.service(),
        request.operation(),
        request.context().trace().traceId(),
        bug);
    return new BusException(
        ErrorCode.INTERNAL, request.service() + "/" + request.operation() + " failed");
  }

  static <R> BusException failureOf(Frame.Request request, AsyncResult<R> result) {
    return result.cause() instanceof BusException known
        ? known
        : unexpected(request, result.cause());
  }
}
