package dev.starling.edge;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opened;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.service.OperationRecord.Interaction;
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
    if (!exchange.loop().streams.take(exchange)) {
      return false;
    }
    Future<Opened<OperationReply, StreamMessage, StreamMessage>> opening =
        bus.open(
            exchange.route().stream(),
            RunOperation.request(exchange),
            RunOperation.context(exchange));
    opening.onComplete(
        (opened, failure) -> {
          BusStream<StreamMessage, StreamMessage> stream = opened == null ? null : opened.stream();
          if (stream == null || exchange.isEnded()) {
            exchange.loop().streams.release(exchange.connection());
          }
          if (stream != null && exchange.isEnded()) {
            stream.reset(ErrorCode.CANCELLED, "the client left");
          }
        });
    exchange.await(opening);
    return false;
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
    } else if (failure instanceof BusException known) {
      exchange.fail(known.code());
    } else {
      exchange.fail(ErrorCode.INTERNAL);
    }
    return false;
  }

  private static void connect(
      Exchange exchange, BusStream<StreamMessage, StreamMessage> stream, OperationReply answer) {
    exchange.streaming();
    try {
      if (exchange.delivery() == Delivery.SOCKET) {
        boolean listens = exchange.route().operation().interaction() == Interaction.SOCKET;
        new SocketStream(exchange, stream, listens).start();
      } else {
        new ResponseStream(exchange, stream, exchange.delivery(), answer.headers()).start();
      }
    } catch (RuntimeException bug) {
      stream.reset(ErrorCode.INTERNAL, "the edge failed");
      throw bug;
    }
  }
}
