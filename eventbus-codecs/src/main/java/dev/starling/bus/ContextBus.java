package dev.starling.bus;

import dev.starling.codec.MalformedFrameException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
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
 * The bus of one context: it keeps the calls that the context has in flight and serves the
 * instances that live on it.
 *
 * <p>A call is sent again only when that is harmless: when it is certain that nothing was done, or
 * when the call is safe to retry. Either way it goes elsewhere, within its deadline and within the
 * {@link RetryBudget}.
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
  // A call that nobody took is sent again at most twice, so that two absent targets cannot make it
  // go to and fro until its deadline.
  private static final int MAX_ATTEMPTS = 3;

  private final BusNode node;
  private final EventBus eventBus;
  private final Context context;
  private final int instance;
  private final int maxBodyBytes;
  private final BusObserver observer;
  private final CallTable<PendingCall<?, ?>> calls;
  private final Map<String, ServedInstance> served = new HashMap<>();
  private final Set<MessageConsumer<Frame.Event>> subscriptions = new HashSet<>();
  private final RetryBudget retries;
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
    this.calls = new CallTable<>(node.options().maxInFlight());
    this.retries = new RetryBudget(node.options().retryReserve());
    this.inbox = eventBus.localConsumer(BusAddresses.inbox(instance), this::answered);
    this.timer = node.vertx().setPeriodic(node.options().tick().toMillis(), tick -> expireCalls());
  }

  @Override
  public <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext callContext) {
    if (closed) {
      return closed();
    }
    long now = System.nanoTime();
    if (callContext.isExpired(now)) {
      return failed(ErrorCode.EXPIRED, "the deadline passed before " + address + " was called");
    }
    Target target = node.router().select(address.service(), instance, null);
    if (target == null) {
      return failed(ErrorCode.UNAVAILABLE, "no live node serves " + address.service());
    }
    if (target.inFlight() >= node.options().creditsPerTarget()) {
      observer.callEnded(address, target, ErrorCode.OVERLOADED, 0);
      return failed(
          ErrorCode.OVERLOADED,
          address.service() + " has " + target.inFlight() + " calls to answer (expected: fewer)");
    }
    retries.called();
    Promise<R> promise = Promise.promise();
    send(new PendingCall<>(address, request, callContext, promise, now, target));
    return promise.future();
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
   * Takes every registration of this context back and fails what is still in flight, with {@code
   * UNKNOWN_OUTCOME} since it may have been done. Calls that are made afterwards fail with {@code
   * UNAVAILABLE}.
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
    calls.finishIf(
        call -> true,
        call -> end(call, new BusException(ErrorCode.UNKNOWN_OUTCOME, "the caller is closing")));
    return Future.join(closing).mapEmpty();
  }

  /** Callable from any thread. */
  void nodeLost(String lostNodeId) {
    context.runOnContext(
        now ->
            calls.finishIf(
                call -> call.target.nodeId().equals(lostNodeId), call -> moveOrFail(call)));
  }

  /**
   * Sends calls elsewhere that can be: a node that is suspected may answer yet, or never. Callable
   * from any thread.
   */
  void nodeSuspected(String suspect) {
    context.runOnContext(
        now ->
            calls.finishIf(
                call -> call.target.nodeId().equals(suspect) && planMove(call), this::move));
  }

  /** Decides whether a call goes elsewhere, and where to. */
  private boolean planMove(PendingCall<?, ?> call) {
    call.next = call.context.safeToRetry() ? elsewhere(call) : null;
    call.mayHaveRun |= call.next != null;
    return call.next != null;
  }

  /** Another node for a call, if there is one and the call may be sent again; pays for it. */
  private @Nullable Target elsewhere(PendingCall<?, ?> call) {
    Target tried = call.target;
    if (call.attempts >= MAX_ATTEMPTS || call.context.isExpired(System.nanoTime())) {
      return null;
    }
    // An instance here that is gone is no longer among those that are chosen from.
    String avoid = tried.isLocal() ? null : tried.nodeId();
    Target other = node.router().select(call.address.service(), instance, avoid);
    return other == null || other == tried || !retries.trySpend() ? null : other;
  }

  private <Q, R> void send(PendingCall<Q, R> call) {
    Object payload = call.request;
    Target target = call.target;
    if (!target.isLocal()) {
      byte[] bytes;
      try {
        bytes = call.address.request().toBytes(call.request);
      } catch (RuntimeException e) {
        String reason = call.address + " request: " + e.getMessage();
        fail(call, new BusException(ErrorCode.INVALID_ARGUMENT, reason));
        return;
      }
      String tooLarge = BusNode.tooLarge(bytes.length, maxBodyBytes);
      if (tooLarge != null) {
        fail(call, new BusException(ErrorCode.INVALID_ARGUMENT, tooLarge));
        return;
      }
      payload = new EncodedPayload(bytes);
    }
    long correlation = calls.begin(call);
    if (correlation < 0) {
      fail(
          call,
          new BusException(
              ErrorCode.OVERLOADED,
              "calls in flight: " + calls.inFlight() + " (expected: fewer than that)"));
      return;
    }
    target.begin();
    call.attempts++;
    Frame.Request frame =
        new Frame.Request(
            call.address.service(),
            call.address.operation(),
            node.nodeId(),
            instance,
            correlation,
            call.context,
            payload);
    try {
      Future<Void> sent =
          eventBus
              .<Frame>sender(target.address(), target.isLocal() ? BusNode.LOCAL : BusNode.CLUSTER)
              .write(frame);
      if (!sent.succeeded()) {
        sent.onFailure(cause -> unsent(correlation, cause));
      }
    } catch (RuntimeException e) {
      log.error("{} could not be sent to {}", call.address, target, e);
      untaken(correlation);
    }
  }

  private void unsent(long correlation, Throwable cause) {
    // What else can go wrong with a send says nothing about what the other node has received.
    if (cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS) {
      untaken(correlation);
    }
  }

  /** Nobody took the call, so nothing was done, and it may be sent elsewhere whatever it is. */
  private void untaken(long correlation) {
    PendingCall<?, ?> call = calls.finish(correlation);
    if (call == null) {
      return;
    }
    if (!movedElsewhere(call)) {
      end(call, new BusException(ErrorCode.UNAVAILABLE, call.target + " is not there"));
    }
  }

  private void answered(Message<Frame> message) {
    if (!(message.body() instanceof Frame.Reply reply)) {
      return;
    }
    PendingCall<?, ?> call = calls.finish(reply.correlation());
    if (call != null) {
      complete(call, reply);
    }
  }

  private <R> void complete(PendingCall<?, R> call, Frame.Reply reply) {
    BusException failure = reply.failure();
    Object payload = reply.payload();
    call.target.answered();
    if (failure != null && isTransient(failure.code()) && movedElsewhere(call)) {
      return;
    }
    if (failure != null || payload == null) {
      end(call, failure != null ? failure : new BusException(ErrorCode.INTERNAL, "empty reply"));
      return;
    }
    R value;
    try {
      value = call.reply(payload);
    } catch (RuntimeException e) {
      end(call, new BusException(ErrorCode.INTERNAL, call.address + " reply: " + e.getMessage()));
      return;
    }
    call.target.end();
    observer.callEnded(call.address, call.target, null, System.nanoTime() - call.startNanos);
    call.promise.complete(value);
  }

  private void end(PendingCall<?, ?> call, BusException failure) {
    call.target.end();
    fail(call, failure);
  }

  private void fail(PendingCall<?, ?> call, BusException reason) {
    // The last attempt was refused, but a node that had the call before may have done the work.
    BusException failure =
        call.mayHaveRun && reason.code().notExecuted()
            ? new BusException(ErrorCode.NODE_LOST, reason.getMessage())
            : reason;
    observer.callEnded(
        call.address, call.target, failure.code(), System.nanoTime() - call.startNanos);
    try {
      call.promise.fail(failure);
    } catch (RuntimeException | Error bug) {
      // A caller's own handler; those whose calls end in the same round must hear of it too.
      context.runOnContext(
          later -> {
            throw bug;
          });
    }
  }

  private void moveOrFail(PendingCall<?, ?> call) {
    if (planMove(call)) {
      move(call);
    } else {
      end(
          call,
          new BusException(
              ErrorCode.NODE_LOST, call.target.nodeId() + " was lost while it had the call"));
    }
  }

  private void move(PendingCall<?, ?> call) {
    Target other = call.next;
    if (other == null) {
      throw new IllegalStateException("a call is moved to nowhere");
    }
    call.target.end();
    call.target = other;
    call.next = null;
    observer.callMoved(call.address);
    send(call);
  }

  /** Sends a call that was not executed elsewhere; false when it has nowhere to go. */
  private boolean movedElsewhere(PendingCall<?, ?> call) {
    call.next = elsewhere(call);
    if (call.next == null) {
      return false;
    }
    move(call);
    return true;
  }

  /** Nothing was done, and another instance may well take what this one could not. */
  private static boolean isTransient(ErrorCode code) {
    return code == ErrorCode.UNAVAILABLE || code == ErrorCode.OVERLOADED;
  }

  private void expireCalls() {
    if (calls.inFlight() == 0) {
      return;
    }
    long now = System.nanoTime();
    calls.finishIf(
        call -> call.context.isExpired(now),
        call -> {
          call.target.timedOut();
          end(
              call,
              new BusException(
                  ErrorCode.DEADLINE_EXCEEDED, call.address + " did not answer in time"));
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
