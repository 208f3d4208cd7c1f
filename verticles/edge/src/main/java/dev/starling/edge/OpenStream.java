package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opened;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.policy.breaker.Outcome;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Opens the stream of an operation that has one, and connects it with the client. */
final class OpenStream implements Stage {
  private final Bus bus;

  OpenStream(Bus bus) {
    this.bus = bus;
  }

  @Override
  public boolean enter(Exchange exchange) {
    if (exchange.rules().isGuarded()) {
      new GuardedOpening(exchange).begin();
    } else {
      open(exchange, null);
    }
    return false;
  }

  private void open(Exchange exchange, @Nullable Passage passage) {
    if (!exchange.loop().streams.take(exchange)) {
      if (passage != null) {
        passage.answered(Outcome.SHED, System.nanoTime());
      }
      return;
    }
    Future<Opened<OperationReply, StreamMessage, StreamMessage>> opening =
        bus.open(
            exchange.route().stream(),
            RunOperation.request(exchange),
            RunOperation.context(exchange));
    opening.onComplete(
        (opened, failure) -> {
          if (passage != null) {
            passage.answered(
                OperationCall.outcome(
                    CallResult.of(opened == null ? null : opened.answer(), failure)),
                System.nanoTime());
          }
          BusStream<StreamMessage, StreamMessage> stream = opened == null ? null : opened.stream();
          if (stream == null || exchange.isEnded()) {
            exchange.loop().streams.release(exchange.connection());
          }
          if (stream != null && exchange.isEnded()) {
            stream.reset(ErrorCode.CANCELLED, "the client left");
          }
        });
    exchange.await(opening);
  }

  /** Opens a stream behind the guards of its route, whose places it keeps for as long as it is. */
  private final class GuardedOpening implements Passage.Traveller {
    private final Exchange exchange;
    private final Passage passage;

    GuardedOpening(Exchange exchange) {
      this.exchange = exchange;
      this.passage = new Passage(exchange, this);
    }

    void begin() {
      exchange.onEnd(this::ended);
      passage.enter();
    }

    @Override
    public void admitted(long nowNanos) {
      exchange.leavingIsNoticedByStream();
      open(exchange, passage);
    }

    @Override
    public void refused(CallResult why) {
      exchange.complete(why, null);
    }

    private void ended() {
      passage.abandon();
      passage.leave();
    }
  }

  @Override
  @SuppressWarnings("unchecked") // it is what enter() waits for
  public boolean resume(Exchange exchange, @Nullable Object answer, @Nullable Throwable failure) {
    if (answer instanceof Opened<?, ?, ?> any) {
      Opened<OperationReply, StreamMessage, StreamMessage> opened =
          (Opened<OperationReply, StreamMessage, StreamMessage>) any;
      BusStream<StreamMessage, StreamMessage> stream = opened.stream();
      if (stream == null) {
        exchange.reply(opened.answer());
      } else {
        connect(exchange, stream, opened.answer());
      }
    } else if (answer instanceof CallResult refused) {
      exchange.conclude(refused);
    } else {
      exchange.conclude(CallResult.of(null, failure));
    }
    return false;
  }

  /** What the client sends; null when that is nothing. */
  private static @Nullable RequestLines lines(
      Exchange exchange, BusStream<StreamMessage, StreamMessage> stream) {
    RequestBody body = exchange.requestBody();
    OperationRecord operation = exchange.route().operation();
    return operation.interaction() == Interaction.BULK && body != null && !body.isDone()
        ? new RequestLines(body.handOver(), stream, operation.maxBodyBytes())
        : null;
  }

  private static void connect(
      Exchange exchange, BusStream<StreamMessage, StreamMessage> stream, OperationReply answer) {
    exchange.streaming();
    try {
      if (exchange.delivery() == Delivery.SOCKET) {
        boolean listens = exchange.route().operation().interaction() == Interaction.SOCKET;
        new SocketStream(exchange, stream, listens).start();
      } else {
        new ResponseStream(exchange, stream, exchange.delivery(), answer.headers())
            .start(lines(exchange, stream));
      }
    } catch (RuntimeException bug) {
      stream.reset(ErrorCode.INTERNAL, "the edge failed");
      throw bug;
    }
  }
}
