package dev.starling.sdk;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations that a service declares. Used once, on the verticle's context.
 *
 * <p>Handlers run on the verticle's context and must not block it. What they throw is answered as
 * an internal error; what clients should tell apart is a {@link Reply}.
 */
public final class Operations {
  private final String service;
  private final List<Operation> declared = new ArrayList<>();

  Operations(String service) {
    this.service = service;
  }

  /** Answers a call that has no body. */
  @FunctionalInterface
  public interface Handler<R> {
    Future<Reply<R>> handle(Call call);
  }

  /** Answers a call with a body, which has been validated. */
  @FunctionalInterface
  public interface BodyHandler<B, R> {
    Future<Reply<R>> handle(Call call, B body);
  }

  /** Opens a stream: gives its producer, or refuses. */
  @FunctionalInterface
  public interface StreamHandler<T> {
    Future<Reply<Producer<T>>> open(Call call);
  }

  /** Opens a stream for a call with a body, which has been validated. */
  @FunctionalInterface
  public interface BodyStreamHandler<B, T> {
    Future<Reply<Producer<T>>> open(Call call, B body);
  }

  /** Opens a socket: gives its conversation, or refuses. */
  @FunctionalInterface
  public interface SocketHandler<I, O> {
    Future<Reply<Conversation<I, O>>> open(Call call);
  }

  public <R> Operation get(String path, Class<R> reply, Handler<R> handler) {
    return add("GET", path, null, reply, invoking(handler));
  }

  public <R> Operation delete(String path, Class<R> reply, Handler<R> handler) {
    return add("DELETE", path, null, reply, invoking(handler));
  }

  /** A {@code POST} without a body. */
  public <R> Operation post(String path, Class<R> reply, Handler<R> handler) {
    return add("POST", path, null, reply, invoking(handler));
  }

  public <B, R> Operation post(
      String path, Class<B> body, Class<R> reply, BodyHandler<B, R> handler) {
    return add("POST", path, body, reply, invoking(body, handler));
  }

  public <B, R> Operation put(
      String path, Class<B> body, Class<R> reply, BodyHandler<B, R> handler) {
    return add("PUT", path, body, reply, invoking(body, handler));
  }

  public <B, R> Operation patch(
      String path, Class<B> body, Class<R> reply, BodyHandler<B, R> handler) {
    return add("PATCH", path, body, reply, invoking(body, handler));
  }

  /**
   * A {@code GET} that answers with many items: as server-sent events, NDJSON or over a WebSocket,
   * as the client asks.
   */
  public <T> Operation stream(String path, Class<T> item, StreamHandler<T> handler) {
    return add("GET", path, null, item, Streaming.of((call, body) -> handler.open(call)));
  }

  /** A {@code POST} that answers with many items: as server-sent events or NDJSON. */
  public <B, T> Operation stream(
      String path, Class<B> body, Class<T> item, BodyStreamHandler<B, T> handler) {
    return add(
        "POST",
        path,
        body,
        item,
        Streaming.of((call, bound) -> handler.open(call, body.cast(bound))));
  }

  /** A WebSocket: items both ways. */
  public <I, O> Operation socket(
      String path, Class<I> in, Class<O> out, SocketHandler<I, O> handler) {
    return add("GET", path, null, out, Streaming.of(in, handler));
  }

  /**
   * A {@code POST} of many lines of JSON, however many there are: each is a call of its own, and is
   * answered by a line, in any order. The operation's deadline, retries and largest body hold for
   * each line.
   */
  public <B, R> Operation bulk(
      String path, Class<B> line, Class<R> reply, BodyHandler<B, R> handler) {
    return add("POST", path, null, reply, Streaming.ofLines(line, handler));
  }

  /**
   * A {@code GET} or {@code POST} that speaks another protocol: the handler gets the body's bytes
   * as they came and answers with {@link Reply#bytes}, in whatever content type it says. The
   * content type of the request is a header of the call. A body or an answer that is too large for
   * one message of the bus crosses it in pieces and is put together on either side; an answer only
   * if the operation is safe to retry, since it is asked for again.
   */
  public Operation raw(String method, String path, BodyHandler<byte[], byte[]> handler) {
    if (!method.equals("GET") && !method.equals("POST")) {
      throw new IllegalArgumentException("method: " + method + " (expected: GET or POST)");
    }
    return add(method, path, null, Void.class, new Raw(handler));
  }

  List<Operation> declared() {
    return List.copyOf(declared);
  }

  private static <R> Operation.Invocation invoking(Handler<R> handler) {
    return (call, body) -> handler.handle(call);
  }

  private static <B, R> Operation.Invocation invoking(Class<B> type, BodyHandler<B, R> handler) {
    return (call, body) -> handler.handle(call, type.cast(body));
  }

  private Operation add(
      String method,
      String path,
      @Nullable Class<?> body,
      Class<?> reply,
      Operation.Handling handling) {
    Operation operation = new Operation(service, method, path, body, reply, handling);
    declared.add(operation);
    return operation;
  }
}
