package dev.starling.edge;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operation;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.validation.constraints.Max;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Raw operations: gives back what it gets, makes bytes, refuses. */
final class RawVerticle extends ServiceVerticle {
  static final int MAX_BODY = 4_000_000;

  /** How often a handler was called. */
  final AtomicInteger called = new AtomicInteger();

  /** What came with the requests that are never answered, in their order. */
  final BlockingQueue<CallContext> held = new LinkedBlockingQueue<>();

  record Size(@Max(10_000_000) Integer bytes) {}

  @Override
  public String name() {
    return "raw";
  }

  @Override
  protected void declare(Operations on) {
    open(on.raw("POST", "/v1/raw/echo", this::echo)).safeToRetry().maxBodyBytes(MAX_BODY);
    open(on.raw("GET", "/v1/raw/bytes", this::make).query(Size.class)).gives("x/bytes", "");
    open(on.raw("POST", "/v1/raw/never", (call, body) -> Promise.<Reply<byte[]>>promise().future()))
        .deadline(Duration.ofMillis(300))
        .maxBodyBytes(MAX_BODY);
    open(on.raw("POST", "/v1/raw/held", (call, body) -> hold(call)))
        .cancellable()
        .maxBodyBytes(MAX_BODY);
    open(on.raw("POST", "/v1/raw/kept", (call, body) -> hold(call))).maxBodyBytes(MAX_BODY);
    open(on.raw("POST", "/v1/raw/refuse", (call, body) -> refuse(call)).wants("x-refusal"))
        .maxBodyBytes(MAX_BODY);
    open(on.raw("POST", "/v1/raw/once", this::tooLarge)).safeToRetry().id("raw.once");
    open(on.raw("POST", "/v1/raw/unsafe", this::tooLarge)).id("raw.unsafe");
    open(on.raw("POST", "/v1/raw/fail", (call, body) -> fail(call)).wants("x-code"));
    shaped(on.raw("POST", "/v1/raw/signed", this::echo));
    shaped(on.raw("POST", "/v1/raw/admin", this::echo)).scope("admin");
  }

  private static Operation open(Operation operation) {
    return shaped(operation).open();
  }

  private static Operation shaped(Operation operation) {
    return operation.errors(ErrorShape.MESSAGE);
  }

  private Future<Reply<byte[]>> echo(Call call, byte[] body) {
    called.incrementAndGet();
    return Future.succeededFuture(
        Reply.bytes("x/echo", body)
            .header("x-content-type", String.valueOf(call.header("content-type"))));
  }

  private Future<Reply<byte[]>> hold(Call call) {
    held.add(call.context());
    return Promise.<Reply<byte[]>>promise().future();
  }

  private Future<Reply<byte[]>> make(Call call, byte[] none) {
    Integer size = call.query(Size.class).bytes();
    return replyBytes("x/bytes", new byte[size == null ? 0 : size]);
  }

  private static Future<Reply<byte[]>> refuse(Call call) {
    Refusal refusal = Refusal.valueOf(String.valueOf(call.header("x-refusal")));
    return refusal == Refusal.INVALID
        ? Future.succeededFuture(Reply.invalid(new Violation("/inputs", "must be there")))
        : refuse(refusal, "refused as " + refusal);
  }

  private static Future<Reply<byte[]>> fail(Call call) {
    return Future.failedFuture(
        new BusException(ErrorCode.valueOf(String.valueOf(call.header("x-code"))), "hunter2"));
  }

  /** As if its first answer had to cross to another node. */
  private Future<Reply<byte[]>> tooLarge(Call call, byte[] body) {
    return called.incrementAndGet() % 2 == 1
        ? Future.failedFuture(new BusException(ErrorCode.REPLY_TOO_LARGE, "reply"))
        : replyBytes("x/large", body);
  }
}
