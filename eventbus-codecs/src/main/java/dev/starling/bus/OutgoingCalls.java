package dev.starling.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that one context makes: keeps those in flight, and ends or moves them when something
 * goes wrong.
 *
 * <p>A call is sent again only when that is harmless: when it is certain that nothing was done, or
 * when the call is safe to retry. Either way it goes elsewhere, within its deadline and within the
 * {@link RetryBudget}.
 *
 * <p>A call to another node that is safe to retry and out for unusually long is hedged: sent to a
 * second node as well, and the first answer counts. A node with several such calls gets no others
 * until it answers one. So callers need not wait until it is known that a node has died, which
 * takes the kernel alone some tens of milliseconds to tell. Hedges have a budget of their own, or
 * they would spend what is needed once it is known.
 *
 * <p>A call that nobody waits for any more ({@link Cancellation}) is given up, and the nodes that
 * have it are told; so is the node with the slower attempt of a hedged call that may be given up.
 *
 * <p>Confined to its context.
 */
final class OutgoingCalls {
  private static final Logger log = LoggerFactory.getLogger(OutgoingCalls.class);
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
  private final RetryBudget retries;
  private final boolean mayRetry;
  private final RetryBudget hedges;
  private final boolean mayHedge;
  private final Map<String, HedgeDelay> hedgeDelays = new HashMap<>();

  OutgoingCalls(BusNode node, Context context, int instance) {
    this.node = node;
    this.eventBus = node.eventBus();
    this.context = context;
    this.instance = instance;
    this.maxBodyBytes = node.options().maxBodyBytes();
    this.observer = node.observer();
    this.calls = new CallTable<>(node.options().maxInFlight());
    this.retries = new RetryBudget(node.options().retryReserve());
    this.mayRetry = node.isOn(Safeguard.RETRIES);
    this.hedges = new RetryBudget(node.options().retryReserve() / 2);
    this.mayHedge = node.isOn(Safeguard.HEDGES);
  }

  <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext callContext) {
    return call(address, request, callContext, callContext.safeToRetry());
  }

  /** A call that is never at two nodes at once: each would keep the stream that it opens. */
  <Q, R> Future<R> callUnhedged(Address<Q, R> address, Q request, CallContext callContext) {
    return call(address, request, callContext, false);
  }

  private <Q, R> Future<R> call(
      Address<Q, R> address, Q request, CallContext callContext, boolean hedgeable) {
    long now = System.nanoTime();
    if (callContext.isExpired(now)) {
      return failed(ErrorCode.EXPIRED, "the deadline passed before " + address + " was called");
    }
    Target target = choose(address.service());
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
    hedges.called();
    Promise<R> promise = Promise.promise();
    send(new PendingCall<>(address, request, callContext, promise, now, target, hedgeable));
    Cancellation cancellation = callContext.cancellation();
    if (cancellation != null) {
      giveUpWith(cancellation, promise);
    }
    return promise.future();
  }

  private void giveUpWith(Cancellation cancellation, Promise<?> promise) {
    Runnable giveUp = () -> context.runOnContext(now -> giveUp(promise));
    cancellation.onCancel(giveUp);
    promise.future().onComplete(answered -> cancellation.forget(giveUp));
  }

  /** Nobody waits for the answer that this promises; a hedged call is two for one. */
  private void giveUp(Promise<?> promise) {
    for (long correlation : calls.correlations(call -> call.promise == promise)) {
      PendingCall<?, ?> call = calls.finish(correlation);
      if (call != null) {
        tellCancelled(call, correlation);
        end(call, new BusException(ErrorCode.CANCELLED, call.address + " is not waited for"));
      }
    }
  }

  /** On this node what serves the call has its cancellation itself. */
  private void tellCancelled(PendingCall<?, ?> call, long correlation) {
    if (!call.target.isLocal()) {
      node.cancel(call.target, new Frame.Cancel(node.nodeId(), instance, correlation));
    }
  }

  /** The answer is here, and what the other node still does would be for nobody. */
  private void cancelTwin(PendingCall<?, ?> call) {
    PendingCall<?, ?> twin = call.twin;
    if (twin != null && call.context.cancellation() != null) {
      for (long correlation : calls.correlations(other -> other == twin)) {
        tellCancelled(twin, correlation);
      }
    }
  }

  /** The router's choice, unless that is late with answers and there is somebody who is not. */
  private @Nullable Target choose(String service) {
    Target target = node.router().select(service, instance, null);
    if (target != null && target.isLate()) {
      Target other = node.router().select(service, instance, target.nodeId());
      return other == null || other.isLate() ? target : other;
    }
    return target;
  }

  /** Ends or moves what is in flight to a node that is gone. */
  void nodeLost(String lostNodeId) {
    calls.finishIf(call -> call.target.nodeId().equals(lostNodeId), this::moveOrFail);
    // Names of services that this node alone had end with its id, which is never used again.
    hedgeDelays.keySet().removeIf(service -> service.endsWith(lostNodeId));
  }

  /** Sends calls elsewhere that can be: a node that is suspected may answer yet, or never. */
  void nodeSuspected(String suspect) {
    calls.finishIf(call -> call.target.nodeId().equals(suspect) && planMove(call), this::move);
  }

  /** Fails what is in flight with {@code UNKNOWN_OUTCOME}, since it may have been done. */
  void close() {
    calls.finishIf(
        call -> true,
        call -> end(call, new BusException(ErrorCode.UNKNOWN_OUTCOME, "the caller is closing")));
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
    // With a twin under way, or one that has answered, it need not go to a third.
    if (!mayRetry
        || call.twin != null
        || call.settled
        || call.attempts >= MAX_ATTEMPTS
        || call.context.isExpired(System.nanoTime())) {
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
    armHedge(call);
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

  private void armHedge(PendingCall<?, ?> call) {
    call.hedgeNanos = PendingCall.NEVER;
    if (call.target.isLocal()) {
      return;
    }
    call.sentNanos = System.nanoTime();
    if (mayHedge && call.hedgeable) {
      call.hedgeNanos = call.sentNanos + hedgeDelay(call).nanos();
    }
  }

  private HedgeDelay hedgeDelay(PendingCall<?, ?> call) {
    return hedgeDelays.computeIfAbsent(call.address.service(), service -> new HedgeDelay());
  }

  /** Sends calls to a second node that are out for long. */
  void hedge() {
    if (calls.inFlight() == 0 || !mayHedge) {
      return;
    }
    long now = System.nanoTime();
    calls.forEachIf(
        call -> call.hedgeNanos != PendingCall.NEVER && call.hedgeNanos - now <= 0, this::hedge);
  }

  private void hedge(PendingCall<?, ?> call) {
    call.hedgeNanos = PendingCall.NEVER;
    Target second = node.router().select(call.address.service(), instance, call.target.nodeId());
    if (second == null
        || second.nodeId().equals(call.target.nodeId())
        || second.inFlight() >= node.options().creditsPerTarget()
        || !hedges.trySpend()) {
      return;
    }
    observer.callHedged(call.address);
    call.target.hedged();
    send(call.hedge(second));
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

  /** A reply has come, for a call that may have ended. */
  void answered(Frame.Reply reply) {
    PendingCall<?, ?> call = calls.finish(reply.correlation());
    if (call != null) {
      complete(call, reply);
    }
  }

  private <R> void complete(PendingCall<?, R> call, Frame.Reply reply) {
    call.target.answered();
    if (!call.target.isLocal()) {
      hedgeDelay(call).answered(System.nanoTime() - call.sentNanos);
    }
    if (call.settled) {
      call.target.end();
      return;
    }
    @Nullable R value = null;
    BusException failure = reply.failure();
    if (failure == null) {
      try {
        value = call.reply(reply.payload());
      } catch (RuntimeException e) {
        failure = new BusException(ErrorCode.INTERNAL, call.address + " reply: " + e.getMessage());
      }
    }
    if (isUndone(call, value, failure) && (movedElsewhere(call) || leftToTwin(call))) {
      return;
    }
    cancelTwin(call);
    call.settleTwin();
    if (value == null) {
      end(call, failure != null ? failure : new BusException(ErrorCode.INTERNAL, "empty reply"));
      return;
    }
    call.target.end();
    observer.callEnded(call.address, call.target, null, System.nanoTime() - call.startNanos);
    call.promise.complete(value);
  }

  /** Nothing was done, and another instance may well do what this one could not. */
  private static <R> boolean isUndone(
      PendingCall<?, R> call, @Nullable R value, @Nullable BusException failure) {
    if (failure != null) {
      return failure.code() == ErrorCode.UNAVAILABLE || failure.code() == ErrorCode.OVERLOADED;
    }
    return value != null && call.address.turnedDown().test(value);
  }

  private static boolean leftToTwin(PendingCall<?, ?> call) {
    if (!call.leaveToTwin()) {
      return false;
    }
    call.target.end();
    return true;
  }

  private void end(PendingCall<?, ?> call, BusException failure) {
    call.target.end();
    fail(call, failure);
  }

  private void fail(PendingCall<?, ?> call, BusException reason) {
    if (call.leaveToTwin()) {
      return;
    }
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

  /** Ends the calls whose deadline has passed. */
  void expire() {
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

  private static <R> Future<R> failed(ErrorCode code, String message) {
    return Future.failedFuture(new BusException(code, message));
  }
}
