package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opened;
import dev.starling.bus.Pieces;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of a raw operation over a stream of its service, through what guards it. Confined to the
 * event loop of its exchange.
 *
 * <p>What is in memory here is a window of the stream and what the client's socket has not taken;
 * both directions wait for each other. The call is over by its deadline, which begins when the body
 * is complete; before, the client has the time that a body may take and more for a large one; after
 * the head of the answer, it has to read on.
 */
final class LargeCall implements Passage.Traveller, RequestBody.Sink {
  /** A large body gets this much more time than others: who is slower is cut off. */
  private static final long BYTES_PER_MILLI = 1024;

  private static final byte[] NOTHING = {};
  private static final long NO_TIMER = -1;

  private final Bus bus;
  private final Exchange exchange;
  private final Passage passage;
  private final Vertx vertx;
  private @Nullable BusStream<StreamMessage, StreamMessage> stream;
  private @Nullable PieceResponse response;
  private long timer = NO_TIMER;
  private boolean bodyEnded;
  private boolean concluded;

  LargeCall(Bus bus, Exchange exchange) {
    this.bus = bus;
    this.exchange = exchange;
    this.passage = new Passage(exchange, this);
    this.vertx = exchange.loop().context.owner();
  }

  void begin() {
    exchange.onEnd(this::exchangeEnded);
    passage.enter();
  }

  @Override
  public void admitted(long nowNanos) {
    exchange.abortWhenClientLeaves();
    exchange.operationBegins(nowNanos);
    if (!hasWholeBody()) {
      // How long the body has been coming is not the operation's affair.
      exchange.bodyReceived();
    }
    bus.open(
            exchange.route().stream(),
            RunOperation.request(exchange, NOTHING),
            RunOperation.context(exchange))
        .onComplete(this::opened);
  }

  @Override
  public void refused(CallResult why) {
    concluded = true;
    exchange.complete(why, null);
  }

  private boolean hasWholeBody() {
    RequestBody body = exchange.requestBody();
    return body == null || body.isDone();
  }

  private void opened(
      @Nullable Opened<OperationReply, StreamMessage, StreamMessage> opened,
      @Nullable Throwable failure) {
    BusStream<StreamMessage, StreamMessage> open = opened == null ? null : opened.stream();
    if (open == null) {
      conclude(CallResult.of(opened == null ? null : opened.answer(), failure));
    } else if (exchange.isEnded()) {
      open.reset(ErrorCode.CANCELLED, "the client left");
    } else {
      stream = open;
      open.onItem(this::received).onEnd(this::answerEnded).onClosed(this::closed);
      sendBody(open);
    }
  }

  private void sendBody(BusStream<StreamMessage, StreamMessage> open) {
    RequestBody body = exchange.requestBody();
    if (body == null || body.isDone()) {
      Pieces.send(open, exchange.body(), LargeCall::item, this::end);
      return;
    }
    long bytes = body.declaredBytes() < 0 ? body.limit() : body.declaredBytes();
    timer =
        vertx.setTimer(
            exchange.loop().config.requestTimeout().toMillis() + bytes / BYTES_PER_MILLI,
            late -> {
              timer = NO_TIMER;
              body.overdue();
            });
    Pieces.send(
        open,
        body.begun(),
        LargeCall::item,
        () -> {
          open.onWritable(body::resume);
          body.forward(this, open.isWritable());
        });
  }

  // The rest of the body, as it comes.

  @Override
  public void take(Buffer piece) {
    BusStream<StreamMessage, StreamMessage> open = stream;
    RequestBody body = exchange.requestBody();
    if (open == null || body == null || concluded) {
      return;
    }
    if (!open.send(item(piece.getBytes())) && !open.isClosed()) {
      body.pause();
    }
  }

  /** The body is complete: the service's time runs from here. */
  @Override
  public void end() {
    BusStream<StreamMessage, StreamMessage> open = stream;
    if (open == null || concluded) {
      return;
    }
    if (timer != NO_TIMER) {
      long now = System.nanoTime();
      vertx.cancelTimer(timer);
      exchange.bodyReceived();
      exchange.operationBegins(now);
      passage.workBegins(now);
    }
    bodyEnded = true;
    open.end();
    long left = Math.max(0, exchange.deadlineNanos() - System.nanoTime());
    timer =
        vertx.setTimer(
            TimeUnit.NANOSECONDS.toMillis(left) + 1,
            late -> {
              timer = NO_TIMER;
              conclude(new CallResult.Failed(ErrorCode.DEADLINE_EXCEEDED));
            });
  }

  // The answer.

  private void received(StreamMessage message) {
    PieceResponse begun = response;
    if (begun != null && message instanceof Item piece) {
      begun.write(piece.data());
    } else if (begun == null && message instanceof Failed failed) {
      conclude(new CallResult.Replied(failed.reason()));
    } else if (begun == null
        && message instanceof Answered answered
        && answered.reply() instanceof Done done
        && bodyEnded) {
      answered(done);
    } else {
      conclude(new CallResult.Failed(ErrorCode.INTERNAL));
    }
  }

  private void answered(Done head) {
    BusStream<StreamMessage, StreamMessage> open = stream;
    if (concluded || open == null) {
      return;
    }
    concluded = true;
    cancelTimer();
    settle(new CallResult.Replied(head));
    response = new PieceResponse(exchange, open, head);
  }

  private void answerEnded() {
    PieceResponse begun = response;
    if (begun != null) {
      begun.end();
    } else {
      conclude(new CallResult.Failed(ErrorCode.INTERNAL));
    }
  }

  private void closed(@Nullable BusException failure) {
    PieceResponse begun = response;
    if (begun == null) {
      conclude(new CallResult.Failed(failure == null ? ErrorCode.INTERNAL : failure.code()));
    } else if (failure != null) {
      begun.cutOff();
    }
  }

  private void conclude(CallResult result) {
    if (concluded) {
      return;
    }
    concluded = true;
    cancelTimer();
    settle(result);
    exchange.complete(result, null);
  }

  /** What the guards learn; the places are kept until the exchange is over. */
  private void settle(CallResult result) {
    long now = System.nanoTime();
    passage.answered(OperationCall.outcome(result), now);
    exchange.operationEnded(result, now);
  }

  /** However it ended: the client has its answer, or left, or was too slow. */
  private void exchangeEnded() {
    cancelTimer();
    passage.abandon();
    if (!concluded) {
      concluded = true;
      passage.answered(
          OperationCall.outcome(new CallResult.Failed(ErrorCode.CANCELLED)), System.nanoTime());
    }
    passage.leave();
    PieceResponse begun = response;
    if (begun != null) {
      begun.exchangeEnded();
    }
    BusStream<StreamMessage, StreamMessage> open = stream;
    if (open != null && (begun == null || !begun.isComplete())) {
      open.reset(ErrorCode.CANCELLED, "the client left");
    }
  }

  private void cancelTimer() {
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
      timer = NO_TIMER;
    }
  }

  private static StreamMessage item(byte[] piece) {
    return new Item("", "", piece);
  }
}
