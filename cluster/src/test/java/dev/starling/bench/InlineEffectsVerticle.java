package dev.starling.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Call;
import dev.starling.sdk.Json;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Orders as they are placed where there is no outbox: the request waits for what the order causes.
 * It calls the very services that are otherwise told by the outbox, one after the other, with the
 * event that the outbox has; when that comes, they know it. The notification is an e-mail, so the
 * request waits until the mail server has that too.
 *
 * <p>For {@code scripts/bench orders}, which gives it to a node as a jar.
 */
public final class InlineEffectsVerticle extends ServiceVerticle {
  static final String PATH = "/v1/orders-inline";

  private static final String MAILER = "mailer";

  /** When the outbox was faster, the mail is on its way already. */
  private static final int LOOK_AGAIN_MILLIS = 1;

  /** Who acts on an order. */
  static final List<String> CONSUMERS = List.of("notifications", "points", "recommendations");

  /** The body of an order, passed on as it is. */
  record Body(JsonNode lines) {}

  @Override
  public String name() {
    return "inline-effects";
  }

  @Override
  protected void declare(Operations on) {
    on.post(PATH, Body.class, Body.class, this::place)
        .id("inline-effects.place")
        .wants("idempotency-key")
        .deadline(Duration.ofSeconds(10));
  }

  private Future<Reply<Body>> place(Call call, Body body) {
    OperationRequest order =
        new OperationRequest(
            "orders.place",
            List.of(),
            "",
            List.of(
                new Header("content-type", "application/json"),
                new Header("idempotency-key", String.valueOf(call.header("idempotency-key")))),
            call.clientAddress(),
            Json.toBytes(body));
    return bus()
        .call(OperationContract.operate("orders"), order, call.context())
        .compose(
            reply ->
                reply instanceof Done done
                    ? effects(call, done, 0)
                    : Future.succeededFuture(refused(reply)));
  }

  private Future<Reply<Body>> effects(Call call, Done placed, int next) {
    if (next == CONSUMERS.size()) {
      return mail(call, mailOf(placed.body()))
          .map(sent -> Reply.<Body>okJson(placed.body()).header("location", "/v1/orders"));
    }
    return bus()
        .call(EventContract.deliver(CONSUMERS.get(next)), batch(placed.body()), call.context())
        .compose(
            receipt ->
                isDone(receipt)
                    ? effects(call, placed, next + 1)
                    : Future.failedFuture(
                        new IllegalStateException(CONSUMERS.get(next) + ": " + receipt)));
  }

  private Future<Void> mail(Call call, EventBatch request) {
    return bus()
        .call(EventContract.deliver(MAILER), request, call.context())
        .compose(
            receipt ->
                isDone(receipt)
                    ? Future.succeededFuture()
                    : vertx.timer(LOOK_AGAIN_MILLIS).compose(later -> mail(call, request)));
  }

  /** What the notification of an order, which has the order's id here, requests of the mailer. */
  private static EventBatch mailOf(byte[] order) {
    JsonNode placed = read(order);
    UUID notification = UUID.fromString(placed.path("id").asText());
    String user = placed.path("user_id").asText();
    UUID derived =
        UUID.nameUUIDFromBytes((notification + "/email").getBytes(StandardCharsets.UTF_8));
    ObjectNode data =
        Json.MAPPER
            .createObjectNode()
            .put("notification_id", notification.toString())
            .put("user_id", user);
    return new EventBatch(
        Shards.of(UUID.fromString(user)),
        List.of(
            new Event(
                new UUID(notification.getMostSignificantBits(), derived.getLeastSignificantBits())
                    .toString(),
                "/starling/notifications",
                "dev.starling.notification.requested",
                notification.toString(),
                "notification/" + notification + "/email",
                user,
                placed.path("created_at").asText(),
                "",
                new String(Json.toBytes(data), StandardCharsets.UTF_8))));
  }

  private static JsonNode read(byte[] json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDone(Receipt receipt) {
    return receipt.events().stream().allMatch(one -> one.verdict() == Verdict.DONE);
  }

  private static EventBatch batch(byte[] order) {
    JsonNode placed = read(order);
    String id = placed.path("id").asText();
    String user = placed.path("user_id").asText();
    ObjectNode data = Json.MAPPER.createObjectNode().put("order_id", id).put("user_id", user);
    data.set("lines", placed.path("lines"));
    data.set("total", placed.path("total"));
    return new EventBatch(
        Shards.of(UUID.fromString(user)),
        List.of(
            new Event(
                id,
                "/starling/orders",
                "dev.starling.order.placed",
                id,
                "order/" + id,
                user,
                placed.path("created_at").asText(),
                "",
                new String(Json.toBytes(data), StandardCharsets.UTF_8))));
  }

  private static Reply<Body> refused(@Nullable OperationReply reply) {
    return reply instanceof Refused refused
        ? Reply.refused(refused.refusal(), refused.detail())
        : Reply.refused(Refusal.NOT_EXECUTED, "no reply");
  }
}
