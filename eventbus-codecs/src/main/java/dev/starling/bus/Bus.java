package dev.starling.bus;

import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * Calls services and serves them, from one Vert.x context.
 *
 * <p>Threading: an instance belongs to one context; every method is called on it and every future
 * completes on it. None of them throws for what happens elsewhere: a failure is a failed future
 * with a {@link BusException}.
 */
public interface Bus {

  /**
   * Calls the instance of the service that the router prefers.
   *
   * <p>At most once, unless the context says that the call is safe to retry. The future ends at the
   * context's deadline at the latest (to the resolution of {@link BusOptions#tick()}).
   */
  <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext context);

  /**
   * Serves an address on this context until the returned registration is closed.
   *
   * <p>The responder gets no request whose deadline has passed. What it throws is logged and
   * answered as {@link ErrorCode#INTERNAL}.
   */
  <Q, R> Future<Registration> serve(Address<Q, R> address, Responder<Q, R> responder);

  /**
   * Opens a stream with the instance of the service that the router prefers.
   *
   * <p>Opening is a call: it ends by the context's deadline and is sent elsewhere under the same
   * rules. The open stream has no deadline. Its handlers must be set when the future completes,
   * before control returns to the event loop.
   */
  <Q, A, I, O> Future<Opened<A, I, O>> open(
      StreamAddress<Q, A, I, O> address, Q request, CallContext context);

  /**
   * Serves a stream contract on this context until the returned registration is closed, which ends
   * its streams too: each is told to {@link BusStream#onDrain drain} and gets {@link
   * StreamOptions#drainGrace()} for it.
   */
  <Q, A, I, O> Future<Registration> serve(
      StreamAddress<Q, A, I, O> address, StreamResponder<Q, A, I, O> responder);

  /** Sends an event to every subscriber on every live node; nobody answers. */
  <E> void publish(Topic<E> topic, E event);

  /** Receives a topic's events on this context until the returned registration is closed. */
  <E> Future<Registration> subscribe(Topic<E> topic, Consumer<E> subscriber);

  /** Answers one address. Called on the context of the bus it was registered with. */
  @FunctionalInterface
  interface Responder<Q, R> {
    Future<R> respond(Q request, CallContext context);
  }

  /**
   * Accepts or declines streams of one address. Called on the context of the bus it was registered
   * with; its future may complete anywhere.
   */
  @FunctionalInterface
  interface StreamResponder<Q, A, I, O> {
    Future<Opening<A, I, O>> open(Q request, CallContext context);
  }

  /** Something that was registered and can be taken back; closing it twice is harmless. */
  @FunctionalInterface
  interface Registration {
    Future<Void> close();
  }
}
