package dev.starling.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request that comes in pieces and its answer that goes in pieces, as the side that serves has
 * them: puts the request together, has it answered, sends the answer.
 *
 * <p>Threading: confined to the context of its stream; what answers may complete anywhere. Bounds:
 * the request by what was announced, all of the node by the budget. What expires on its way is not
 * begun; when the stream is reset later, what answers is told by the {@link Cancellation} of its
 * call. Failures reset the stream, a {@link BusException} with its code.
 */
public final class PieceExchange {
  private static final Logger log = LoggerFactory.getLogger(PieceExchange.class);

  private final BusStream<byte[], byte[]> stream;
  private final CallContext call;
  private final Cancellation cancellation;
  private final int announced;
  private final PieceBuffer received;
  private final Answering answering;
  private final Context context = Vertx.currentContext();
  private boolean running;

  /** Answers a whole request with a whole answer. */
  @FunctionalInterface
  public interface Answering {
    /**
     * @param call says when nobody takes the answer any more
     */
    Future<byte[]> answer(byte[] request, CallContext call);
  }

  private PieceExchange(
      BusStream<byte[], byte[]> stream,
      CallContext call,
      int announced,
      PieceBudget budget,
      Answering answering) {
    Cancellation given = call.cancellation();
    this.cancellation = given == null ? new Cancellation() : given;
    this.stream = stream;
    this.call = call.withCancellation(cancellation);
    this.announced = announced;
    this.received = new PieceBuffer(announced, budget);
    this.answering = answering;
  }

  /**
   * Serves a stream that was just opened, to its end.
   *
   * @param call that opened it; its deadline holds for all of it
   * @param announced how many bytes the request has
   */
  public static void serve(
      BusStream<byte[], byte[]> stream,
      CallContext call,
      int announced,
      PieceBudget budget,
      Answering answering) {
    new PieceExchange(stream, call, announced, budget, answering).begin();
  }

  private void begin() {
    stream
        .onItem(this::take)
        .onEnd(this::run)
        // What is under way when the service stops goes on to its end.
        .onDrain(() -> {})
        .onClosed(
            failure -> {
              if (!running) {
                received.close();
              } else if (failure != null) {
                cancellation.cancel();
              }
            });
  }

  private void take(byte[] piece) {
    switch (received.add(piece)) {
      case KEPT -> {}
      case TOO_LARGE -> stream.reset(ErrorCode.INVALID_ARGUMENT, "more bytes than announced");
      case NO_ROOM ->
          stream.reset(ErrorCode.OVERLOADED, "too many large requests are in memory now");
    }
  }

  private void run() {
    byte[] request = received.join();
    if (request.length != announced) {
      stream.reset(ErrorCode.INVALID_ARGUMENT, "fewer bytes than announced");
      return;
    }
    if (call.isExpired(System.nanoTime())) {
      stream.reset(ErrorCode.EXPIRED, "expired on its way");
      return;
    }
    running = true;
    Future<byte[]> answer;
    try {
      answer = answering.answer(request, call);
    } catch (RuntimeException bug) {
      answer = Future.failedFuture(bug);
    }
    answer.onComplete((bytes, failure) -> context.runOnContext(here -> answered(bytes, failure)));
  }

  private void answered(byte @Nullable [] bytes, @Nullable Throwable failure) {
    received.close();
    if (bytes != null) {
      Pieces.send(stream, bytes, piece -> piece, stream::end);
    } else if (failure instanceof BusException known) {
      stream.reset(known.code(), String.valueOf(known.getMessage()));
    } else {
      log.error("A request in pieces failed, trace {}", call.trace().traceId(), failure);
      stream.reset(ErrorCode.INTERNAL, "the service failed");
    }
  }
}
