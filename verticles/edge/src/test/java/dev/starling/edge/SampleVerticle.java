package dev.starling.edge;

import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A service with one operation for each thing that the edge must be able to answer. */
final class SampleVerticle extends ServiceVerticle {
  private static final Semaphore SLOW_CALLS = new Semaphore(0);

  record Pong(String message) {}

  record Item(@NotBlank @Size(max = 20) String name) {}

  record Page(@Min(1) @Max(100) Integer limit) {}

  record Seen(
      String id,
      String subject,
      String client,
      String trace,
      String request,
      int remainingMillis) {}

  @Override
  protected void declare(Operations on) {
    on.get("/v1/ping", Pong.class, call -> reply(new Pong("pong")))
        .id("sample.ping")
        .summary("Answers through the bus")
        .open();
    on.get("/v1/free", Pong.class, call -> reply(new Pong("free"))).id("sample.free").open();
    on.get("/v1/items/{id}", Seen.class, SampleVerticle::seen)
        .id("sample.get")
        .wants("x-request-id")
        .open();
    on.get("/v1/items", Pong.class, call -> reply(new Pong("" + call.query(Page.class).limit())))
        .id("sample.list")
        .query(Page.class)
        .open();
    on.post("/v1/items", Item.class, Item.class, SampleVerticle::create)
        .id("sample.create")
        .answers(Kind.CREATED)
        .refuses(Refusal.CONFLICT)
        .maxBodyBytes(1000)
        .open();
    on.delete("/v1/items/{id}", Pong.class, call -> Future.succeededFuture(Reply.noContent()))
        .id("sample.delete")
        .answers(Kind.NO_CONTENT)
        .scope("items:write");
    on.get("/v1/me", Pong.class, call -> reply(new Pong(call.principal().subject())))
        .id("sample.me");
    on.get("/v1/refused/{refusal}", Pong.class, SampleVerticle::refuse).id("sample.refuse").open();
    on.get("/v1/never", Pong.class, call -> Promise.<Reply<Pong>>promise().future())
        .id("sample.never")
        .deadline(Duration.ofMillis(50))
        .open();
    on.get("/v1/slow", Pong.class, SampleVerticle::slow).id("sample.slow").open();
    on.get("/v1/broken", Pong.class, SampleVerticle::broken).id("sample.broken").open();
    on.get("/v1/header", Pong.class, SampleVerticle::header).id("sample.header").open();
  }

  private static Future<Reply<Seen>> seen(Call call) {
    String request = call.header("x-request-id");
    return reply(
        new Seen(
            call.path("id"),
            call.principal().subject(),
            call.clientAddress(),
            call.context().trace().traceId(),
            request == null ? "" : request,
            (int) call.context().remaining(System.nanoTime()).toMillis()));
  }

  private static Future<Reply<Item>> create(Call call, Item item) {
    return Future.succeededFuture(
        item.name().equals("taken")
            ? Reply.refused(Refusal.CONFLICT, "name-taken", "the name is taken")
            : Reply.created(item, "/v1/items/" + item.name()));
  }

  private static Future<Reply<Pong>> refuse(Call call) {
    return refuse(Refusal.valueOf(call.path("refusal")), "because");
  }

  /** Answers a little later than it is called. */
  private static Future<Reply<Pong>> slow(Call call) {
    SLOW_CALLS.release();
    return Vertx.currentContext()
        .owner()
        .timer(200, TimeUnit.MILLISECONDS)
        .map(fired -> Reply.ok(new Pong("slow")));
  }

  /** Waits until the slow operation has a call. */
  static void awaitSlowCall() throws InterruptedException {
    if (!SLOW_CALLS.tryAcquire(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the slow operation was not called");
    }
  }

  private static Future<Reply<Pong>> broken(Call call) {
    throw new IllegalStateException("a bug with a secret: hunter2");
  }

  private static Future<Reply<Pong>> header(Call call) {
    Reply<Pong> reply = Reply.ok(new Pong("headers"));
    for (List<String> field :
        List.of(
            List.of("etag", "\"v1\""),
            List.of("location", "/a\r\nset-cookie: stolen=1"),
            List.of("content-length", "3"),
            List.of("transfer-encoding", "chunked"))) {
      reply = reply.header(field.get(0), field.get(1));
    }
    return Future.succeededFuture(reply);
  }
}
