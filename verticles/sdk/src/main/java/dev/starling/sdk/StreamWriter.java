package dev.starling.sdk;

import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the items of a stream, as fast as its client takes them and no faster.
 *
 * <p>Threading: confined to the verticle's context; handlers are called there. After the stream has
 * ended every method is harmless and does nothing.
 *
 * @param <T> an item, written as JSON
 */
public final class StreamWriter<T> {
  private static final Logger log = LoggerFactory.getLogger(StreamWriter.class);

  private final BusStream<StreamMessage, StreamMessage> stream;
  private Runnable readyHandler = () -> {};
  private Consumer<@Nullable BusException> closedHandler = failure -> {};
  private @Nullable Failed lastWord;

  StreamWriter(BusStream<StreamMessage, StreamMessage> stream) {
    this.stream = stream;
    stream.onWritable(this::writable).onClosed(failure -> closedHandler.accept(failure));
  }

  /** Whether an item may be sent now. */
  public boolean isReady() {
    return lastWord == null && stream.isWritable();
  }

  /**
   * Called now if items may be sent, and each time that they may be again after they might not:
   * {@code out.onReady(() -> { while (out.isReady()) out.send(next()); })}.
   */
  public StreamWriter<T> onReady(Runnable handler) {
    readyHandler = handler;
    if (isReady()) {
      handler.run();
    }
    return this;
  }

  /**
   * Called once when the stream is over: with null when it came to its end, otherwise with why it
   * broke, e.g. {@code CANCELLED} because the client left or {@code NODE_LOST}. What the stream
   * took, timers for instance, is released here.
   */
  public StreamWriter<T> onClosed(Consumer<@Nullable BusException> handler) {
    closedHandler = handler;
    return this;
  }

  /**
   * Called when the service is about to stop. The producer may send a little more, and ends the
   * stream; without a handler the client is told at once that the service is not available, and
   * comes back to another node.
   */
  public StreamWriter<T> onDrain(Runnable handler) {
    stream.onDrain(handler);
    return this;
  }

  /**
   * Sends an item; only while {@link #isReady()}, else the stream ends with an internal error.
   *
   * @return whether more may be sent
   */
  public boolean send(T item) {
    return send("", "", item);
  }

  /**
   * Sends an item with what server-sent events have besides their data.
   *
   * @param event the event's name, one line; empty for none
   * @param id what a client that comes back sends as {@code Last-Event-ID}, one line; empty for
   *     none
   */
  public boolean send(String event, String id, T item) {
    return lastWord == null && stream.send(new Item(event, id, Json.toBytes(item)));
  }

  /** There are no more items. */
  public void end() {
    if (lastWord == null) {
      stream.end();
    }
  }

  /** Ends the stream because it cannot go on, and tells its client why. */
  public void fail(Refusal refusal, String detail) {
    fail(new Refused(refusal, "", detail, List.of(), List.of()));
  }

  void fail(Refused reason) {
    if (lastWord == null) {
      lastWord = new Failed(reason);
      writable();
    }
  }

  /**
   * Sends all that a source has, and ends the stream with it. The source delivers on this context.
   *
   * @return completes when the source has ended; fails when the source does, or when the stream is
   *     over before: the source is then paused, and its owner closes it
   */
  public Future<Void> pipe(ReadStream<T> source) {
    Promise<Void> piped = Promise.promise();
    onClosed(
        failure -> {
          source.pause();
          piped.tryFail(
              failure == null ? new BusException(ErrorCode.CANCELLED, "has ended") : failure);
        });
    source.exceptionHandler(
        failure -> {
          log.error("The source of a stream failed", failure);
          if (piped.tryFail(failure)) {
            stream.reset(ErrorCode.INTERNAL, "the source failed");
          }
        });
    source.endHandler(
        end -> {
          if (piped.tryComplete()) {
            end();
          }
        });
    source.pause();
    source.handler(
        item -> {
          if (!send(item)) {
            source.pause();
          }
        });
    onReady(source::resume);
    return piped.future();
  }

  private void writable() {
    Failed last = lastWord;
    if (last == null) {
      readyHandler.run();
    } else if (stream.isWritable()) {
      stream.send(last);
      stream.end();
    }
  }
}
