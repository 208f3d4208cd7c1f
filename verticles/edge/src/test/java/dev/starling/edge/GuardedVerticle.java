package dev.starling.edge;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that needs guards: it fails when it is told to, and answers when it is let. */
final class GuardedVerticle extends ServiceVerticle {
  /** How many calls got here. */
  final AtomicInteger calls = new AtomicInteger();

  /** Whether calls fail. */
  volatile boolean failing;

  /** Calls that wait to be let go, in the order in which they came. */
  private final BlockingQueue<Promise<Reply<Value>>> held = new LinkedBlockingQueue<>();

  record Value(String text, int call) {}

  record Seen(String priority, int remainingMillis) {}

  record Tick(int number) {}

  @Override
  public String name() {
    return "guarded";
  }

  @Override
  protected void declare(Operations on) {
    on.get("/v1/value/{id}", Value.class, this::value)
        .id("guarded.value")
        .wants("if-none-match")
        .open();
    on.get("/v1/mine", Value.class, call -> answer(call.principal().subject())).id("guarded.mine");
    on.get("/v1/held", Value.class, this::hold)
        .id("guarded.held")
        .deadline(Duration.ofSeconds(20))
        .open();
    on.get("/v1/held-by", Value.class, this::hold)
        .id("guarded.heldby")
        .deadline(Duration.ofSeconds(20));
    on.get("/v1/pause", Value.class, this::pause).id("guarded.pause").open();
    on.get("/v1/urgent", Value.class, call -> answer("urgent"))
        .id("guarded.urgent")
        .priority(Priority.CRITICAL)
        .open();
    on.get("/v1/batch", Value.class, call -> answer("batch"))
        .id("guarded.batch")
        .priority(Priority.SHEDDABLE)
        .open();
    on.get("/v1/refused", Value.class, call -> refuse(Refusal.ABSENT, "because"))
        .id("guarded.refused")
        .open();
    on.get("/v1/never", Value.class, call -> Promise.<Reply<Value>>promise().future())
        .id("guarded.never")
        .deadline(Duration.ofMillis(50))
        .open();
    on.get("/v1/seen", Seen.class, GuardedVerticle::seen).id("guarded.seen").open();
    on.get("/v1/seen-by", Seen.class, GuardedVerticle::seen).id("guarded.seenby");
    on.post("/v1/values", Value.class, Value.class, (call, value) -> answer(value.text()))
        .id("guarded.add")
        .priority(Priority.SHEDDABLE)
        .maxBodyBytes(1 << 20)
        .open();
    on.stream("/v1/feed", Tick.class, call -> produce(out -> out.send(new Tick(1))))
        .id("guarded.feed")
        .open();
  }

  /** Waits until a call is held, and lets the one go that has waited longest. */
  void letGo() throws InterruptedException {
    Promise<Reply<Value>> oldest = held.poll(30, TimeUnit.SECONDS);
    if (oldest == null) {
      throw new AssertionError("the held operation was not called");
    }
    oldest.complete(Reply.ok(new Value("let go", calls.get())));
  }

  /** Lets all go that wait, so that nobody who stops has to wait for them. */
  void letAllGo() {
    List<Promise<Reply<Value>>> waiting = new ArrayList<>();
    held.drainTo(waiting);
    waiting.forEach(call -> call.complete(Reply.ok(new Value("let go", calls.get()))));
  }

  /** Waits until so many calls are held. */
  void awaitHeld(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (held.size() < count) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("held: " + held.size() + " (expected: " + count + ")");
      }
      Thread.onSpinWait();
    }
  }

  private Future<Reply<Value>> value(Call call) {
    return answer(call.path("id"))
        .map(reply -> reply.header("etag", "\"" + call.path("id") + "\""));
  }

  private Future<Reply<Value>> answer(String text) {
    int call = calls.incrementAndGet();
    if (failing) {
      return Future.failedFuture(new BusException(ErrorCode.INTERNAL, "told to fail"));
    }
    return reply(new Value(text, call));
  }

  /** Answers a moment later than it is called. */
  private Future<Reply<Value>> pause(Call call) {
    calls.incrementAndGet();
    return vertx.timer(2, TimeUnit.MILLISECONDS).map(fired -> Reply.ok(new Value("paused", 0)));
  }

  private Future<Reply<Value>> hold(Call call) {
    calls.incrementAndGet();
    Promise<Reply<Value>> promise = Promise.promise();
    held.add(promise);
    return promise.future();
  }

  private static Future<Reply<Seen>> seen(Call call) {
    return reply(
        new Seen(
            call.context().priority().name(),
            (int) call.context().remaining(System.nanoTime()).toMillis()));
  }
}
