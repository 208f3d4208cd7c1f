package dev.starling.sdk;

import dev.starling.bus.BusStream;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the handler for each line of a bulk request, and answers each. Confined to the verticle's
 * context.
 *
 * <p>No more lines are under way, or answered and not yet taken by the client, than {@link
 * #MAX_LINES} and a window of the stream: who does not read the answers cannot send more.
 */
final class LineCalls<B, R> {
  static final int MAX_LINES = 256;

  private static final Logger log = LoggerFactory.getLogger(LineCalls.class);

  private final BusStream<StreamMessage, StreamMessage> stream;
  private final Class<B> type;
  private final Operations.BodyHandler<B, R> handler;
  private final Call call;
  private final long deadlineNanos;
  private final Deque<Answered> answers = new ArrayDeque<>();
  private long lines;
  private int underWay;
  private boolean paused;
  private boolean ended;
  private boolean draining;
  private boolean dropped;

  /**
   * @param call that opened the stream
   * @param deadline how long a line may take
   */
  LineCalls(
      BusStream<StreamMessage, StreamMessage> stream,
      Class<B> type,
      Operations.BodyHandler<B, R> handler,
      Call call,
      Duration deadline) {
    this.stream = stream;
    this.type = type;
    this.handler = handler;
    this.call = call;
    this.deadlineNanos = deadline.toNanos();
  }

  void begin() {
    stream
        .onItem(this::received)
        .onEnd(
            () -> {
              ended = true;
              flush();
            })
        .onWritable(this::flush)
        .onDrain(
            () -> {
              draining = true;
              stream.pause();
              flush();
            })
        .onClosed(failure -> answers.clear());
  }

  private void received(StreamMessage message) {
    long line = ++lines;
    if (draining) {
      // Said by the last message, for all that have no answer.
      dropped = true;
      return;
    }
    if (message instanceof Item item) {
      Bound<B> bound = RecordBinder.body(item.data(), type);
      if (bound instanceof Bound.Wrong<B> wrong) {
        answer(
            line,
            new OperationReply.Refused(
                wrong.refusal(), "", wrong.detail(), wrong.violations(), List.of()));
      } else {
        call(line, ((Bound.Valid<B>) bound).value());
      }
    } else {
      answer(
          line,
          message instanceof Failed failed
              ? failed.reason()
              : Reply.refused(Refusal.INVALID, "a line was expected").toMessage());
    }
    if (!paused && underWay + answers.size() >= MAX_LINES) {
      paused = true;
      stream.pause();
    }
  }

  private void call(long line, B value) {
    underWay++;
    Future<Reply<R>> reply;
    try {
      reply = handler.handle(call.until(System.nanoTime() + deadlineNanos), value);
    } catch (RuntimeException bug) {
      reply = Future.failedFuture(bug);
    }
    reply.onComplete(
        (answer, failure) -> {
          underWay--;
          answer(line, answer == null ? failed(failure) : answer.toMessage());
        });
  }

  private static OperationReply failed(Throwable failure) {
    log.error("A line of a bulk request failed", failure);
    return Reply.refused(Refusal.UNKNOWN_OUTCOME, "the service failed; the work may have been done")
        .toMessage();
  }

  private void answer(long line, OperationReply reply) {
    if (!stream.isClosed()) {
      answers.add(new Answered(line, reply));
      flush();
    }
  }

  private void flush() {
    while (!answers.isEmpty() && stream.isWritable()) {
      stream.send(answers.remove());
    }
    boolean idle = underWay == 0 && answers.isEmpty();
    if (idle && ended && !dropped) {
      stream.end();
    } else if (idle && draining) {
      refuseTheRest();
    } else if (paused && !draining && underWay + answers.size() <= MAX_LINES / 2) {
      paused = false;
      stream.resume();
    }
  }

  /** Now, or when there is room for it. */
  private void refuseTheRest() {
    if (stream.isWritable()) {
      stream.send(
          new Failed(
              new OperationReply.Refused(
                  Refusal.NOT_EXECUTED,
                  "",
                  "the service is stopping; lines without an answer were not executed",
                  List.of(),
                  List.of())));
      stream.end();
    }
  }
}
