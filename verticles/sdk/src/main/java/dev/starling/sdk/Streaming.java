package dev.starling.sdk;

import dev.starling.bus.BusStream;
import dev.starling.bus.Opening;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How a stream of an operation is opened, and what begins when it is. Immutable. */
final class Streaming implements Operation.Handling {
  /** The media type of a body of lines. */
  static final String LINES = "application/x-ndjson";

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
        Call call, @Nullable Object body, Duration deadline);
  }

  private final Interaction interaction;
  private final @Nullable Class<?> inType;
  private final Opener opener;

  private Streaming(Interaction interaction, @Nullable Class<?> inType, Opener opener) {
    this.interaction = interaction;
    this.inType = inType;
    this.opener = opener;
  }

  /** Items from the service only. */
  static <T> Streaming of(Invocation<Producer<T>> invocation) {
    return new Streaming(
        Interaction.STREAM,
        null,
        opener(invocation, (producer, stream) -> producer.produce(new StreamWriter<>(stream))));
  }

  /** Items both ways. */
  static <I, O> Streaming of(Class<I> in, Operations.SocketHandler<I, O> handler) {
    Invocation<Conversation<I, O>> invocation = (call, body) -> handler.open(call);
    return new Streaming(
        Interaction.SOCKET,
        in,
        opener(
            invocation,
            (conversation, stream) -> {
              StreamWriter<O> out = new StreamWriter<>(stream);
              conversation.begin(new StreamReader<>(stream, in, out), out);
            }));
  }

  /** Items from the client, each of which is answered. */
  static <B, R> Streaming ofLines(Class<B> line, Operations.BodyHandler<B, R> handler) {
    return new Streaming(
        Interaction.BULK,
        line,
        (call, body, deadline) ->
            Future.succeededFuture(
                isLines(call.header("content-type"))
                    ? new Opening.Accept<>(
                        new OperationReply.Done(OperationReply.Kind.OK, "", NOTHING, List.of()),
                        stream -> new LineCalls<>(stream, line, handler, call, deadline).begin())
                    : new Opening.Decline<>(
                        Reply.refused(
                                Refusal.UNSUPPORTED_MEDIA_TYPE,
                                "content type: %s (expected: %s)"
                                    .formatted(call.header("content-type"), LINES))
                            .toMessage())));
  }

  /** Clients that send no content type at all mean lines here. */
  private static boolean isLines(@Nullable String contentType) {
    if (contentType == null) {
      return true;
    }
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).trim().equalsIgnoreCase(LINES);
  }

  /** What the client sends; null when it sends nothing. */
  @Nullable Class<?> inType() {
    return inType;
  }

  Interaction interaction() {
    return interaction;
  }

  Future<Opening<OperationReply, StreamMessage, StreamMessage>> open(
      Call call, @Nullable Object body, Duration deadline) {
    return opener.open(call, body, deadline);
  }

  private static <S> Opener opener(
      Invocation<S> invocation, BiConsumer<S, BusStream<StreamMessage, StreamMessage>> begin) {
    return (call, body, deadline) ->
        invocation.invoke(call, body).map(reply -> opening(reply, begin));
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
