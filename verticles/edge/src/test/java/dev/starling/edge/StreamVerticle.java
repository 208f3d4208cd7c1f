package dev.starling.edge;

import dev.starling.bus.BusException;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Call;
import dev.starling.sdk.Conversation;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Producer;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.StreamWriter;
import io.vertx.core.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A service with one stream for each thing that the edge must be able to pass on. */
final class StreamVerticle extends ServiceVerticle {
  /** Items that the flood has been allowed to send. */
  final AtomicInteger flooded = new AtomicInteger();

  /** How streams ended here, in order. */
  private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

  record Tick(int number, String text) {}

  record Count(@Min(1) @Max(100_000) Integer count) {}

  record Question(@NotBlank @Size(max = 50) String text) {}

  @Override
  public String name() {
    return "streams";
  }

  @Override
  protected void declare(Operations on) {
    on.stream("/v1/ticks", Tick.class, this::ticks).id("streams.ticks").query(Count.class).open();
    on.stream("/v1/flood", Tick.class, call -> produce(this::flood)).id("streams.flood").open();
    on.stream("/v1/quiet", Tick.class, call -> produce(this::keep)).id("streams.quiet").open();
    on.stream("/v1/last-seen", Tick.class, StreamVerticle::lastSeen).id("streams.seen").open();
    on.stream("/v1/absent", Tick.class, call -> refuse(Refusal.ABSENT, "no such stream"))
        .id("streams.absent")
        .open();
    on.stream("/v1/broken/{items}", Tick.class, this::broken).id("streams.broken").open();
    on.stream("/v1/refused/{items}", Tick.class, this::refused).id("streams.refused").open();
    on.stream("/v1/mine", Tick.class, call -> produce(StreamWriter::end))
        .id("streams.mine")
        .scope("ticks:read");
    on.stream(
            "/v1/answers",
            Question.class,
            Tick.class,
            (call, question) ->
                produce(
                    out -> {
                      out.send("token", "1", new Tick(1, question.text()));
                      out.end();
                    }))
        .id("streams.answer")
        .open();
    on.socket("/v1/echo", Question.class, Tick.class, this::echo).id("streams.echo").open();
  }

  /** How the next stream ended: a code, or "ended". */
  String awaitClosed() throws InterruptedException {
    String how = closed.poll(30, TimeUnit.SECONDS);
    if (how == null) {
      throw new AssertionError("no stream was closed");
    }
    return how;
  }

  private Future<Reply<Producer<Tick>>> ticks(Call call) {
    int count = call.query(Count.class).count();
    return produce(
        out -> {
          keep(out);
          AtomicInteger next = new AtomicInteger();
          out.onReady(
              () -> {
                while (next.get() < count && out.isReady()) {
                  int number = next.incrementAndGet();
                  out.send("tick", "" + number, new Tick(number, "a\nb"));
                }
                if (next.get() == count) {
                  out.end();
                }
              });
        });
  }

  private void flood(StreamWriter<Tick> out) {
    keep(out);
    String text = "x".repeat(1000);
    out.onReady(
        () -> {
          while (out.isReady()) {
            out.send(new Tick(flooded.incrementAndGet(), text));
          }
        });
  }

  private static Future<Reply<Producer<Tick>>> lastSeen(Call call) {
    String id = call.header("last-event-id");
    Reply<Producer<Tick>> reply =
        Reply.ok(
            out -> {
              out.send(new Tick(0, id == null ? "" : id));
              out.end();
            });
    return Future.succeededFuture(reply.header("etag", "\"v1\""));
  }

  private Future<Reply<Producer<Tick>>> broken(Call call) {
    return produce(
        out -> {
          keep(out);
          send(out, Integer.parseInt(call.path("items")));
          throw new IllegalStateException("a bug with a secret: hunter2");
        });
  }

  private Future<Reply<Producer<Tick>>> refused(Call call) {
    return produce(
        out -> {
          keep(out);
          send(out, Integer.parseInt(call.path("items")));
          out.fail(Refusal.CONFLICT, "another one came");
        });
  }

  private Future<Reply<Conversation<Question, Tick>>> echo(Call call) {
    return converse(
        (in, out) -> {
          keep(out);
          AtomicInteger next = new AtomicInteger();
          in.onItem(
              question -> {
                if (question.text().equals("end")) {
                  out.end();
                } else {
                  out.send(new Tick(next.incrementAndGet(), question.text()));
                }
              });
        });
  }

  private static void send(StreamWriter<Tick> out, int count) {
    for (int i = 1; i <= count; i++) {
      out.send(new Tick(i, ""));
    }
  }

  private <T> void keep(StreamWriter<T> out) {
    out.onClosed(this::closed);
  }

  private void closed(@Nullable BusException failure) {
    closed.add(failure == null ? "ended" : failure.code().name());
  }
}
