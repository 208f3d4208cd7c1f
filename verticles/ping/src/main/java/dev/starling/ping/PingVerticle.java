package dev.starling.ping;

import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.sdk.Call;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Producer;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.StreamReader;
import dev.starling.sdk.StreamWriter;
import io.vertx.core.Future;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Shows that the way through edge and bus is open: once, again and again, or both ways. */
public final class PingVerticle extends ServiceVerticle {
  private static final Pong PONG = new Pong("pong");

  record Pong(String message) {}

  /**
   * How to ping.
   *
   * @param count 10 unless it is said
   * @param intervalMillis a second unless it is said
   */
  record Plan(
      @Nullable @Min(1) @Max(1_000_000) Integer count,
      @Nullable @Min(1) @Max(60_000) Integer intervalMillis) {
    int pings() {
      return count == null ? 10 : count;
    }

    int interval() {
      return intervalMillis == null ? 1000 : intervalMillis;
    }
  }

  /**
   * One of many pings.
   *
   * @param node which answers
   */
  record Ping(int number, String node, String time) {}

  record Text(@Size(max = 100_000) String text) {}

  record Echo(String text, String node) {}

  @Override
  protected void declare(Operations on) {
    on.get("/v1/ping", Pong.class, call -> reply(PONG))
        .id("ping.ping")
        .summary("Answers through the bus")
        .open();
    on.stream("/v1/pings", Ping.class, this::pings)
        .id("ping.pings")
        .summary("Answers again and again, and says from which node")
        .query(Plan.class)
        .refuses(Refusal.INVALID)
        .open();
    on.socket("/v1/echo", Text.class, Echo.class, call -> converse(this::echo))
        .id("ping.echo")
        .summary("Sends back what it gets, and says from which node")
        .open();
  }

  private Future<Reply<Producer<Ping>>> pings(Call call) {
    Plan plan = call.query(Plan.class);
    String id = call.header("last-event-id");
    if (id != null && !id.matches("[0-9]{1,7}")) {
      return refuse(Refusal.INVALID, "last-event-id: " + id + " (expected: 0..9999999)");
    }
    int last = id == null ? 0 : Integer.parseInt(id);
    return produce(out -> new Pings(vertx, node(), plan, last, out).start());
  }

  private void echo(StreamReader<Text> in, StreamWriter<Echo> out) {
    new Echoes(node().nodeId(), in, out).start();
  }
}
