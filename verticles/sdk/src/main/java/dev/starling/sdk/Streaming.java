package dev.starling.sdk;

import dev.starling.bus.BusStream;
import dev.starling.bus.Opening;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How a stream of an operation is opened, and what begins when it is. Immutable. */
final class Streaming implements Operation.Handling {
  private static final byte[] NOTHING = {};

  /** Runs the handler, which gives what is to begin, or refuses. */
  @FunctionalInterface
  interface Invocation<S> {
    Future<Reply<S>> invoke(Call call, @Nullable Object body);
  }

  /** Opens one stream. */
  @FunctionalInterface
  private interface Opener {
    Future<Opening<OperationReply, StreamMessage, StreamMessage>> open(
        Call call, @Nullable Object body);
  }

  private final @Nullable Class<?> inType;
  private final Opener opener;

  private Streaming(@Nullable Class<?> inType, Opener opener) {
    this.inType = inType;
    this.opener = opener;
  }

  /** Items from the service only. */
  static <T> Streaming of(Invocation<Producer<T>> invocation) {
    return new Streaming(
        null,
        opener(invocation, (producer, stream) -> producer.produce(new StreamWriter<>(stream))));
  }

  /** Items both ways. */
  static <I, O> Streaming of(Class<I> in, Operations.SocketHandler<I, O> handler) {
    Invocation<Conversation<I, O>> invocation = (call, body) -> handler.open(call);
    return new Streaming(
        in,
        opener(
            invocation,
            (conversation, stream) -> {
              StreamWriter<O> out = new StreamWriter<>(stream);
              conversation.begin(new StreamReader<>(stream, in, out), out);
            }));
  }

  /** What the client sends; null when it sends nothing. */
  @Nullable Class<?> inType() {
    return inType;
  }

  Interaction interaction() {
    return inType == null ? Interaction.STREAM : Interaction.SOCKET;
  }

  Future<Opening<OperationReply, StreamMessage, StreamMessage>> open(
      Call call, @Nullable Object body) {
    return opener.open(call, body);
  }

  private static <S> Opener opener(
      Invocation<S> invocation, BiConsumer<S, BusStream<StreamMessage, StreamMessage>> begin) {
    return (call, body) -> invocation.invoke(call, body).map(reply -> opening(reply, begin));
  }

  private static <S> Opening<OperationReply, StreamMessage, StreamMessage> opening(
      Reply<S> reply, BiConsumer<S, BusStream<StreamMessage, StreamMessage>> begin) {
    if (reply instanceof Reply.Done<S> done && done.body() != null) {
      S session = done.body();
      return new Opening.Accept<>(
          new OperationReply.Done(OperationReply.Kind.OK, "", NOTHING, done.headers()),
          stream -> begin.accept(session, stream));
    }
    // Nothing to begin is a stream without items, which the reply's own message says as well.
    return new Opening.Decline<>(reply.toMessage());
  }
}
