package dev.starling.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
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
  }

  <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext callContext) {
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

  /** Ends or moves what is in flight to a node that is gone. */
  void nodeLost(String lostNodeId) {
    calls.finishIf(call -> call.target.nodeId().equals(lostNodeId), this::moveOrFail);
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
    if (!mayRetry || call.attempts >= MAX_ATTEMPTS || call.context.isExpired(System.nanoTime())) {
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

  /** A reply has come, for a call that may have ended. */
  void answered(Frame.Reply reply) {
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
    if (call.address.turnedDown().test(value) && movedElsewhere(call)) {
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
