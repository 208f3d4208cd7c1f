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

  public <R> Operation get(String path, Class<R> reply, Handler<R> handler) {
    return add("GET", path, null, reply, (call, body) -> handler.handle(call));
  }

  public <R> Operation delete(String path, Class<R> reply, Handler<R> handler) {
    return add("DELETE", path, null, reply, (call, body) -> handler.handle(call));
  }

  /** A {@code POST} without a body. */
  public <R> Operation post(String path, Class<R> reply, Handler<R> handler) {
    return add("POST", path, null, reply, (call, body) -> handler.handle(call));
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

  List<Operation> declared() {
    return List.copyOf(declared);
  }

  private static <B, R> Operation.Invocation invoking(Class<B> type, BodyHandler<B, R> handler) {
    return (call, body) -> handler.handle(call, type.cast(body));
  }

  private Operation add(
      String method,
      String path,
      @Nullable Class<?> body,
      Class<?> reply,
      Operation.Invocation invocation) {
    Operation operation = new Operation(service, method, path, body, reply, invocation);
    declared.add(operation);
    return operation;
  }
}
