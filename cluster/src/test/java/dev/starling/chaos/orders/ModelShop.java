package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Evidence.EffectRow;
import dev.starling.chaos.orders.Evidence.EventRow;
import dev.starling.chaos.orders.Evidence.OrderRow;
import dev.starling.chaos.orders.Evidence.StockRow;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The rules of orders in one process and in memory, with the troubles that clients meet: refusals,
 * answers that say that nothing is known, answers that never come. It shows that shoppers and
 * checker agree with a shop that keeps its word, and what they make of one that does not.
 *
 * <p>Everything happens on one event loop; a token is the id of its user.
 */
final class ModelShop implements AutoCloseable {
  static final Expectations EFFECTS =
      new Expectations(
          Map.of(),
          Map.of(
              Evidence.PLACED, Set.of("points"),
              Evidence.ORDER_CANCELLED, Set.of("points")),
          0);

  /** A way to be wrong. */
  enum Bug {
    /** Whoever looked for the key and did not find it stores another order under it. */
    KEY_NOT_UNIQUE,
    ACKNOWLEDGED_BEFORE_COMMIT,
    PUBLISHED_OUTSIDE_THE_TRANSACTION,
    /** What was refused is done nonetheless. */
    REFUSED_AND_DONE,
    /** A read shows what was there a while ago. */
    STALE_READS,
    /** A cancellation forgets the stock. */
    STOCK_NOT_RETURNED,
    /** An effect is had again when its event is delivered again. */
    EFFECT_TWICE
  }

  /** Of a hundred calls that write: how many meet each trouble. */
  private static final int REFUSED = 4;

  private static final int LOST = 3;
  private static final int DONE_BUT_UNKNOWN = 3;
  private static final int ROLLED_BACK = 3;
  private static final int SLOWEST_MILLIS = 8;
  private static final int PATIENCE_SECONDS = 10;

  private final Vertx vertx = Vertx.vertx();
  private final Random random;
  private final Set<Bug> bugs;
  private final Map<String, Long> initial;
  private final Map<String, Long> stock;
  private final List<OrderRow> orders = new ArrayList<>();
  private final Map<String, Integer> byKey = new HashMap<>();
  private final Map<String, Integer> byId = new LinkedHashMap<>();
  private final Map<String, OrderRow> before = new HashMap<>();
  private final List<EventRow> events = new ArrayList<>();
  private final List<EffectRow> effects = new ArrayList<>();
  private final HttpServer server;
  private long sequence;

  ModelShop(Map<String, Long> stock, long seed, Set<Bug> bugs) {
    this.initial = Map.copyOf(stock);
    this.stock = new TreeMap<>(stock);
    this.random = new Random(seed);
    this.bugs = bugs.isEmpty() ? EnumSet.noneOf(Bug.class) : EnumSet.copyOf(bugs);
    this.server =
        await(vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"));
  }

  SocketAddress address() {
    return SocketAddress.inetSocketAddress(server.actualPort(), "127.0.0.1");
  }

  Expectations expectations() {
    return new Expectations(initial, EFFECTS.effects(), 0);
  }

  /** Asked when nobody calls any more. */
  Evidence evidence() {
    List<StockRow> left =
        stock.entrySet().stream()
            .map(of -> new StockRow(of.getKey(), of.getValue(), of.getValue()))
            .toList();
    return new Evidence(orders, events, effects, List.of(), left);
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    String user = request.getHeader("authorization").replace("Bearer ", "");
    String[] path = request.path().split("/");
    if (path[2].equals("products")) {
      answer(request, 200, new JsonObject().put("stock", stock.get(path[3])));
    } else if (request.method().equals(HttpMethod.GET)) {
      read(request, user, path);
    } else if (path.length == 3) {
      String key = user + " " + request.getHeader("idempotency-key").replace("\"", "");
      request.body().onSuccess(body -> place(request, user, key, lines(body.toJsonObject())));
    } else {
      cancel(request, path[3]);
    }
  }

  private void read(HttpServerRequest request, String user, String[] path) {
    if (path.length == 3) {
      int limit = Integer.parseInt(request.getParam("limit"));
      List<OrderRow> own = orders.stream().filter(row -> row.user().equals(user)).toList();
      JsonArray page = new JsonArray();
      for (int i = own.size() - 1; i >= 0 && page.size() < limit; i--) {
        page.add(new JsonObject().put("id", own.get(i).id()));
      }
      answer(
          request,
          200,
          new JsonObject()
              .put("orders", page)
              .put("next_cursor", own.size() > limit ? "more" : null));
      return;
    }
    OrderRow row =
        bugs.contains(Bug.STALE_READS) && before.containsKey(path[3])
            ? before.get(path[3])
            : row(path[3]);
    if (row == null) {
      answer(request, 404, new JsonObject());
    } else {
      answer(request, 200, new JsonObject().put("id", row.id()).put("status", row.status()));
    }
  }

  /** Looks for the key, takes its time, and stores: as two nodes would that know one database. */
  private void place(
      HttpServerRequest request, String user, String key, Map<String, Integer> lines) {
    Integer known = byKey.get(key);
    if (known != null) {
      replay(request, orders.get(known), lines);
      return;
    }
    int trouble = random.nextInt(100);
    if (trouble < REFUSED) {
      if (bugs.contains(Bug.REFUSED_AND_DONE)) {
        commit(user, key, lines);
      }
      refuse(request);
      return;
    }
    vertx.setTimer(
        1 + random.nextInt(SLOWEST_MILLIS),
        later -> {
          Integer meanwhile = byKey.get(key);
          if (meanwhile != null && !bugs.contains(Bug.KEY_NOT_UNIQUE)) {
            replay(request, orders.get(meanwhile), lines);
          } else if (lines.entrySet().stream()
              .anyMatch(of -> stock.get(of.getKey()) < of.getValue())) {
            answer(request, 409, new JsonObject().put("type", "/problems/insufficient-stock"));
          } else {
            decide(request, user, key, lines, trouble - REFUSED);
          }
        });
  }

  private void decide(
      HttpServerRequest request, String user, String key, Map<String, Integer> lines, int trouble) {
    if (trouble < ROLLED_BACK) {
      if (bugs.contains(Bug.PUBLISHED_OUTSIDE_THE_TRANSACTION)) {
        publish(nextId(), Evidence.PLACED);
      }
      if (bugs.contains(Bug.ACKNOWLEDGED_BEFORE_COMMIT)) {
        answer(request, 201, new JsonObject().put("id", nextId()));
      } else {
        unknown(request);
      }
      return;
    }
    OrderRow row = commit(user, key, lines);
    if (trouble < ROLLED_BACK + LOST) {
      request.connection().close();
    } else if (trouble < ROLLED_BACK + LOST + DONE_BUT_UNKNOWN) {
      unknown(request);
    } else {
      answer(request, 201, new JsonObject().put("id", row.id()));
    }
  }

  private OrderRow commit(String user, String key, Map<String, Integer> lines) {
    OrderRow row = new OrderRow(nextId(), user, key.split(" ")[1], lines, Outcome.CONFIRMED);
    byKey.put(key, orders.size());
    byId.put(row.id(), orders.size());
    orders.add(row);
    lines.forEach((sku, quantity) -> stock.merge(sku, -(long) quantity, Long::sum));
    publish(row.id(), Evidence.PLACED);
    return row;
  }

  private void replay(HttpServerRequest request, OrderRow row, Map<String, Integer> lines) {
    if (row.lines().equals(lines)) {
      request.response().putHeader("idempotency-replayed", "true");
      answer(request, 201, new JsonObject().put("id", row.id()));
    } else {
      answer(request, 422, new JsonObject().put("detail", "the key has another body"));
    }
  }

  private void cancel(HttpServerRequest request, String id) {
    OrderRow row = row(id);
    int trouble = random.nextInt(100);
    if (row == null) {
      answer(request, 404, new JsonObject());
    } else if (trouble < REFUSED) {
      refuse(request);
    } else {
      if (!row.isCancelled()) {
        before.put(id, row);
        orders.set(
            byId.get(id), new OrderRow(id, row.user(), row.key(), row.lines(), Outcome.CANCELLED));
        if (!bugs.contains(Bug.STOCK_NOT_RETURNED)) {
          row.lines().forEach((sku, quantity) -> stock.merge(sku, (long) quantity, Long::sum));
        }
        publish(id, Evidence.ORDER_CANCELLED);
      }
      if (trouble < REFUSED + DONE_BUT_UNKNOWN) {
        unknown(request);
      } else {
        answer(request, 200, new JsonObject().put("id", id));
      }
    }
  }

  private void publish(String order, String type) {
    events.add(new EventRow(type, order, ++sequence));
    effects.add(new EffectRow("points", order, type, sequence));
    if (bugs.contains(Bug.EFFECT_TWICE) && random.nextInt(100) < LOST) {
      effects.add(new EffectRow("points", order, type, ++sequence));
    }
  }

  private static void refuse(HttpServerRequest request) {
    answer(request, 503, new JsonObject().put("outcome", "not-executed"));
  }

  private static void unknown(HttpServerRequest request) {
    answer(request, 504, new JsonObject().put("outcome", "unknown"));
  }

  private static void answer(HttpServerRequest request, int status, JsonObject body) {
    request.response().setStatusCode(status).end(body.toBuffer());
  }

  /** As those of version 7, each is greater than the one before. */
  private String nextId() {
    return "order-%08d".formatted(++sequence);
  }

  private @Nullable OrderRow row(String id) {
    Integer place = byId.get(id);
    return place == null ? null : orders.get(place);
  }

  private static Map<String, Integer> lines(JsonObject body) {
    Map<String, Integer> lines = new HashMap<>();
    for (Object line : body.getJsonArray("lines")) {
      JsonObject each = (JsonObject) line;
      lines.put(each.getString("sku"), each.getInteger("quantity"));
    }
    return lines;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
