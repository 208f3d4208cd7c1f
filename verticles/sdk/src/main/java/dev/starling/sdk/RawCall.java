package dev.starling.sdk;

import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.Cancellation;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a raw operation over a stream: puts the body together, runs the handler, sends what
 * it answers as fast as the edge takes it. Confined to the verticle's context.
 *
 * <p>The handler gets as much time as there was when the stream was opened, from when the body is
 * complete: how long that takes is up to the client, and the edge's to bound.
 */
final class RawCall {
  private static final Logger log = LoggerFactory.getLogger(RawCall.class);
  private static final byte[] NOTHING = {};

  private final BusStream<StreamMessage, StreamMessage> stream;
  private final Operations.BodyHandler<byte[], byte[]> handler;
  private final Call call;
  private final int maxBodyBytes;
  private final PieceBuffer body;
  private final long allowedNanos;
  private boolean running;
  private boolean refused;

  RawCall(
      BusStream<StreamMessage, StreamMessage> stream,
      Operations.BodyHandler<byte[], byte[]> handler,
      Call call,
      int maxBodyBytes,
      PieceBudget budget) {
    this.stream = stream;
    this.handler = handler;
    this.call = call;
    this.maxBodyBytes = maxBodyBytes;
    this.body = new PieceBuffer(maxBodyBytes, budget);
    this.allowedNanos = call.context().remainingNanos(System.nanoTime());
  }

  void begin() {
    stream
        .onItem(this::received)
        .onEnd(this::run)
        // A call that is under way when the service stops goes on to its end, as others do.
        .onDrain(() -> {})
        .onClosed(
            failure -> {
              if (!running) {
                body.close();
              } else if (failure != null) {
                giveUp();
              }
            });
  }

  /** Nobody takes the answer: what the handler has called for it may stop. */
  private void giveUp() {
    Cancellation cancellation = call.context().cancellation();
    if (cancellation != null) {
      cancellation.cancel();
    }
  }

  private void received(StreamMessage message) {
    if (refused) {
      return;
    }
    if (!(message instanceof Item piece)) {
      refuse(refusal(Refusal.INVALID, "a piece of the body was expected"));
      return;
    }
    switch (body.add(piece.data())) {
      case KEPT -> {}
      case TOO_LARGE -> refuse(Raw.tooLarge(maxBodyBytes));
      case NO_ROOM ->
          refuse(
              refusal(
                  Refusal.NOT_EXECUTED,
                  "too many large bodies are in memory now; nothing was done"));
    }
  }

  private void run() {
    if (refused) {
      return;
    }
    running = true;
    Future<Reply<byte[]>> reply;
    try {
      reply = handler.handle(call.until(System.nanoTime() + allowedNanos), body.join());
    } catch (RuntimeException bug) {
      reply = Future.failedFuture(bug);
    }
    reply.onComplete(
        (answer, failure) -> {
          body.close();
          if (answer == null) {
            failed(failure);
          } else {
            answered(answer.toMessage());
          }
        });
  }

  private void answered(OperationReply reply) {
    if (stream.isClosed()) {
      return;
    }
    if (reply instanceof Done done) {
      List<Header> headers = new ArrayList<>(done.headers());
      headers.add(new Header("content-length", Integer.toString(done.body().length)));
      stream.send(new Answered(1, new Done(done.kind(), done.contentType(), NOTHING, headers)));
      Pieces.send(stream, done.body(), piece -> new Item("", "", piece), stream::end);
    } else if (reply instanceof Refused reason) {
      refuse(reason);
    }
  }

  private void failed(@Nullable Throwable failure) {
    if (failure instanceof BusException known) {
      stream.reset(known.code(), known.getMessage());
    } else {
      log.error("A raw operation failed", failure);
      stream.reset(ErrorCode.INTERNAL, "the service failed");
    }
  }

  /** The first thing that is sent, so there is credit for it. */
  private void refuse(Refused reason) {
    refused = true;
    body.close();
    stream.send(new Failed(reason));
    stream.end();
  }

  private static Refused refusal(Refusal refusal, String detail) {
    return new Refused(refusal, "", detail, List.of(), List.of());
  }
}
