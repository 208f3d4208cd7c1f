package dev.starling.fusion;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opened;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.PieceBuffer.Added;
import dev.starling.bus.Pieces;
import dev.starling.codec.MalformedFrameException;
import dev.starling.contract.features.ImageFeatures;
import dev.starling.contract.features.ImageFeatures.ImageRefused;
import dev.starling.contract.features.ImageFeaturesContract;
import dev.starling.contract.features.ImageFeaturesContract.Admission;
import dev.starling.contract.features.ImageFeaturesContract.DescribeImage;
import dev.starling.contract.features.ImageFeaturesContract.DescribeLarge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has pictures described: in one message where they fit, otherwise over a stream. Confined to an
 * instance's context.
 */
final class Pictures {
  /** Less than the bus carries in one message, so that nothing is encoded to find that out. */
  private static final int MESSAGE_BYTES = 768 * 1024;

  /** What is said of a picture fits into a message. */
  private static final int MAX_ANSWER_BYTES = 1024 * 1024;

  private final Vertx vertx;
  private final Bus bus;
  private final PieceBudget budget;

  /**
   * @param budget of what is received in pieces
   */
  Pictures(Vertx vertx, Bus bus, PieceBudget budget) {
    this.vertx = vertx;
    this.bus = bus;
    this.budget = budget;
  }

  /** What a picture is compared by, or why there is nothing; fails with a {@link BusException}. */
  Future<ImageFeatures> describe(byte[] bytes, CallContext call) {
    CallContext again = call.withSafeToRetry(true);
    if (bytes.length > MESSAGE_BYTES) {
      return inPieces(bytes, again);
    }
    return bus.call(ImageFeaturesContract.DESCRIBE, new DescribeImage(bytes), again);
  }

  private Future<ImageFeatures> inPieces(byte[] bytes, CallContext call) {
    Promise<ImageFeatures> answer = Promise.promise();
    bus.open(ImageFeaturesContract.DESCRIBE_LARGE, new DescribeLarge(bytes.length), call)
        .onFailure(answer::tryFail)
        .onSuccess(opened -> opened(opened, bytes, call, answer));
    return answer.future();
  }

  private void opened(
      Opened<Admission, byte[], byte[]> opened,
      byte[] bytes,
      CallContext call,
      Promise<ImageFeatures> answer) {
    BusStream<byte[], byte[]> stream = opened.stream();
    if (stream != null) {
      new Transfer(stream, answer).begin(bytes, call);
    } else if (opened.answer() instanceof ImageRefused refused) {
      answer.complete(refused);
    } else {
      answer.fail(new BusException(ErrorCode.INTERNAL, "admitted without a stream"));
    }
  }

  /** One picture and what is said of it on their way. */
  private final class Transfer {
    private final BusStream<byte[], byte[]> stream;
    private final Promise<ImageFeatures> answer;
    private final PieceBuffer received = new PieceBuffer(MAX_ANSWER_BYTES, budget);
    private long timer;

    Transfer(BusStream<byte[], byte[]> stream, Promise<ImageFeatures> answer) {
      this.stream = stream;
      this.answer = answer;
    }

    void begin(byte[] bytes, CallContext call) {
      long left = Math.max(0, call.remainingNanos(System.nanoTime()));
      timer =
          vertx.setTimer(
              TimeUnit.NANOSECONDS.toMillis(left) + 1,
              late ->
                  giveUp(
                      new BusException(
                          ErrorCode.DEADLINE_EXCEEDED, "the picture was not described in time")));
      stream.onItem(this::take).onEnd(this::ended).onClosed(this::closed);
      Pieces.send(stream, bytes, piece -> piece, stream::end);
    }

    private void take(byte[] piece) {
      if (received.add(piece) != Added.KEPT) {
        giveUp(new BusException(ErrorCode.OVERLOADED, "no room for what is said of a picture"));
      }
    }

    private void ended() {
      byte[] bytes = received.join();
      release();
      try {
        answer.tryComplete(ImageFeatures.CODEC.fromBytes(bytes));
      } catch (MalformedFrameException e) {
        answer.tryFail(new BusException(ErrorCode.INTERNAL, String.valueOf(e.getMessage())));
      }
      stream.end();
    }

    private void closed(@Nullable BusException failure) {
      release();
      answer.tryFail(
          failure == null
              ? new BusException(ErrorCode.INTERNAL, "ended without an answer")
              : failure);
    }

    private void giveUp(BusException failure) {
      release();
      answer.tryFail(failure);
      stream.reset(ErrorCode.CANCELLED, "given up");
    }

    private void release() {
      vertx.cancelTimer(timer);
      received.close();
    }
  }
}
