package dev.starling.sdk;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Item;
import java.util.List;
import java.util.function.Consumer;

/**
 * Receives what the client of a socket sends, each item bound to its record and validated. One that
 * is not valid ends the stream; the client is told what is wrong with it.
 *
 * <p>Threading: confined to the verticle's context; handlers are called there.
 *
 * @param <T> an item
 */
public final class StreamReader<T> {
  private final BusStream<StreamMessage, StreamMessage> stream;
  private final Class<T> type;
  private final StreamWriter<?> out;
  private Consumer<T> itemHandler = item -> {};
  private boolean failed;

  StreamReader(BusStream<StreamMessage, StreamMessage> stream, Class<T> type, StreamWriter<?> out) {
    this.stream = stream;
    this.type = type;
    this.out = out;
    stream.onItem(this::received).onEnd(out::end);
  }

  /** Called with each item. */
  public StreamReader<T> onItem(Consumer<T> handler) {
    itemHandler = handler;
    return this;
  }

  /** Called when the client sends no more. Unless set, this ends the other direction too. */
  public StreamReader<T> onEnd(Runnable handler) {
    stream.onEnd(handler);
    return this;
  }

  /** Takes no more items for now; a window of them still arrives, then the client has to wait. */
  public void pause() {
    stream.pause();
  }

  public void resume() {
    stream.resume();
  }

  private void received(StreamMessage message) {
    if (failed) {
      return;
    }
    if (!(message instanceof Item item)) {
      fail(new Refused(Refusal.INVALID, "", "an item was expected", List.of(), List.of()));
      return;
    }
    Bound<T> bound = RecordBinder.body(item.data(), type);
    if (bound instanceof Bound.Wrong<T> wrong) {
      fail(new Refused(wrong.refusal(), "", wrong.detail(), wrong.violations(), List.of()));
    } else {
      itemHandler.accept(((Bound.Valid<T>) bound).value());
    }
  }

  private void fail(Refused reason) {
    failed = true;
    out.fail(reason);
  }
}
