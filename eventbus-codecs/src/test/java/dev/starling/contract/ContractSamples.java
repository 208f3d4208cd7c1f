package dev.starling.contract;

import dev.starling.bus.Principal;
import dev.starling.bus.Priority;
import dev.starling.codec.Codec;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Reason;
import dev.starling.contract.auth.AuthContract.Rejected;
import dev.starling.contract.auth.AuthContract.TokensRevoked;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.contract.auth.AuthContract.VerifyToken;
import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.DecisionContract;
import dev.starling.contract.device.DeviceContract;
import dev.starling.contract.device.DeviceContract.DeviceRecord;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.contract.inference.JobContract;
import dev.starling.contract.inference.JobContract.JobChanged;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.node.NodeContract;
import dev.starling.contract.node.ScaleContract;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.order.OrderEvents;
import dev.starling.contract.order.ProductContract;
import dev.starling.contract.ratelimit.RateLimitContract;
import dev.starling.contract.ratelimit.RateLimitContract.Allowed;
import dev.starling.contract.ratelimit.RateLimitContract.Lend;
import dev.starling.contract.ratelimit.RateLimitContract.LendRefused;
import dev.starling.contract.ratelimit.RateLimitContract.Lent;
import dev.starling.contract.ratelimit.RateLimitContract.Level;
import dev.starling.contract.ratelimit.RateLimitContract.Limited;
import dev.starling.contract.ratelimit.RateLimitContract.Spend;
import dev.starling.contract.ratelimit.RateLimitContract.Uncounted;
import dev.starling.contract.ratelimit.RateLimitContract.UnknownRule;
import dev.starling.contract.ratelimit.RateLimitContract.Window;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Absent;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.EmailTaken;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.contract.users.UsersContract.Reserved;
import dev.starling.contract.users.UsersContract.UserChanged;
import dev.starling.contract.vectors.VectorShardsContract;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Metric;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** One message of each type, with every field set to something that is not its default. */
final class ContractSamples {
  private static final ProductContract.Product PRODUCT =
      new ProductContract.Product("cup-7", "Tasse, weiß", new OrderEvents.Money(1999, "EUR"));
  private static final String USER = "0f8fad5b-d9cb-469f-a165-70867728950e";
  private static final Window PER_SECOND = new Window("per-second", 20, 1, 19, 1);
  private static final Window PER_DAY = new Window("per-day", 5_000_000_000L, 86_400, 128, 43_200);

  private static final Decision DECISION =
      new Decision(
          "n-1-1k-9c40e2d1",
          "n-1",
          1_800_000_000_123L,
          new Decision.Call(
              "0af7651916cd43dd8448eb211c80319c",
              "r-1",
              "GET /v1/users/{id}",
              "users.get",
              USER,
              "2001:db8::7"),
          new Decision.Refusal(
              Decision.Kind.BREAKER,
              503,
              "users",
              50,
              62.5,
              5,
              List.of(
                  new Decision.Counter("calls", 40), new Decision.Counter("remaining-s", 4.25))));

  static final OperationRecord RAW_OPERATION =
      new OperationRecord(
          "open-inference.infer",
          "POST",
          "/v2/models/{model}/infer",
          false,
          null,
          Priority.NORMAL,
          true,
          30_000,
          67_108_864,
          List.of("content-type", "inference-header-content-length"),
          OperationRecord.Interaction.RAW,
          OperationRecord.ErrorShape.MESSAGE,
          "{}");

  /**
   * @param name of its golden bytes
   */
  record Sample<T>(String name, Codec<T> codec, T value) {
    byte[] bytes() {
      return codec.toBytes(value);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private ContractSamples() {}

  static List<Sample<?>> all() {
    return Stream.of(platform(), ModelSamples.all(), FeaturesSamples.all(), FusionSamples.all())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Sample<?>> platform() {
    return List.of(
        new Sample<>(
            "auth-verify-token",
            AuthContract.VERIFY.request(),
            new VerifyToken("eyJhbGciOiJFZERTQSJ9.e30.c2ln", "2001:db8::7")),
        new Sample<>(
            "auth-verified",
            AuthContract.VERIFY.reply(),
            new Verified(
                new Principal(USER, ordered("users:read", "orders:write"), "acme", "gold"),
                1_900_000_000L)),
        new Sample<>(
            "auth-rejected",
            AuthContract.VERIFY.reply(),
            new Rejected(Reason.FLOOD, "too many bad tokens", 300)),
        new Sample<>(
            "vector-shards-search",
            VectorShardsContract.search("n-1").request(),
            new VectorShardsContract.Search(
                USER,
                Metric.EUCLIDEAN,
                List.of(0, 31),
                new float[] {1.5f, -2},
                300,
                "{\"color\":\"red\"}",
                true)),
        new Sample<>(
            "vector-shards-found",
            VectorShardsContract.search("n-1").reply(),
            new VectorShardsContract.Found(
                List.of(new VectorsContract.Match("né", -0.25, "{\"n\":1}")), List.of(7))),
        new Sample<>(
            "vector-shards-too-much",
            VectorShardsContract.search("n-1").reply(),
            new VectorShardsContract.TooMuch(800_000, 716_800)),
        new Sample<>(
            "vector-shards-write",
            VectorShardsContract.write("n-1").request(),
            new VectorShardsContract.Write(
                USER,
                Metric.DOT,
                List.of(new VectorShardsContract.Put("a", new float[] {0.5f}, "{}")),
                List.of("b", "c"))),
        new Sample<>(
            "vector-shards-written",
            VectorShardsContract.write("n-1").reply(),
            new VectorShardsContract.Written()),
        new Sample<>(
            "vector-shards-not-written",
            VectorShardsContract.write("n-1").reply(),
            new VectorShardsContract.NotWritten(
                VectorShardsContract.Reason.UNKNOWN, "the database was lost")),
        new Sample<>(
            "vector-shards-ask",
            VectorShardsContract.stand("n-1").request(),
            new VectorShardsContract.Ask(USER, List.of(3, 200))),
        new Sample<>(
            "vector-shards-standings",
            VectorShardsContract.stand("n-1").reply(),
            new VectorShardsContract.Standings(
                List.of(
                    new VectorShardsContract.Standing(
                        3, VectorShardsContract.State.REBUILDING, 100_000, 421)),
                17)),
        new Sample<>(
            "auth-tokens-revoked",
            AuthContract.REVOKED.codec(),
            new TokensRevoked("jti-1", USER, 1_800_000_000L, 1_800_003_600L)),
        new Sample<>(
            "rate-limiter-spend",
            RateLimitContract.SPEND.request(),
            new Spend(
                USER, "acme", "gold", "users.get", "GET", "/v1/users/{id}", "192.0.2.1", 5, 250)),
        new Sample<>(
            "rate-limiter-allowed",
            RateLimitContract.SPEND.reply(),
            new Allowed(List.of(PER_SECOND, PER_DAY), 120, List.of("trial"))),
        new Sample<>(
            "rate-limiter-limited",
            RateLimitContract.SPEND.reply(),
            new Limited(
                "reads", "per-day", 5_000_000_000L, 5_000_000_005L, 43_200_000L, List.of(PER_DAY))),
        new Sample<>(
            "rate-limiter-lend",
            RateLimitContract.lend("n-1").request(),
            new Lend("reads", 0x0102030405060708L, "c4:zoe!", 3, 17)),
        new Sample<>(
            "rate-limiter-lent",
            RateLimitContract.lend("n-1").reply(),
            new Lent(17, 500, 40, 100, List.of(new Level(3, 900)))),
        new Sample<>(
            "rate-limiter-lend-refused",
            RateLimitContract.lend("n-1").reply(),
            new LendRefused(1, 250, List.of(new Level(3, 900), new Level(0, 60_000)))),
        new Sample<>(
            "rate-limiter-lend-unknown", RateLimitContract.lend("n-1").reply(), new UnknownRule()),
        new Sample<>(
            "rate-limiter-uncounted", RateLimitContract.SPEND.reply(), new Uncounted(1000)),
        new Sample<>(
            "operation-request",
            OperationRequest.CODEC,
            new OperationRequest(
                "users.get",
                List.of(USER, "bücher"),
                "q=a%20b&limit=2",
                List.of(new Header("if-match", "\"7\""), new Header("accept", "*/*")),
                "192.0.2.1",
                bytes("{\"name\":\"Zoë\"}"))),
        new Sample<>(
            "operation-done",
            OperationReply.CODEC,
            new OperationReply.Done(
                OperationReply.Kind.CREATED,
                "application/json",
                bytes("{}"),
                List.of(new Header("location", "/v1/users/" + USER)))),
        new Sample<>(
            "operation-refused",
            OperationReply.CODEC,
            new OperationReply.Refused(
                OperationReply.Refusal.INVALID,
                "email-malformed",
                "the e-mail address has no domain",
                List.of(new Violation("/email", "name@domain")),
                List.of(new Header("retry-after", "1")))),
        new Sample<>(
            "stream-item",
            StreamMessage.CODEC,
            new StreamMessage.Item("token", "17", bytes("{\"text\":\"Zoë\"}"))),
        new Sample<>(
            "stream-failed",
            StreamMessage.CODEC,
            new StreamMessage.Failed(
                new OperationReply.Refused(
                    OperationReply.Refusal.NOT_EXECUTED,
                    "model-gone",
                    "the model was unloaded",
                    List.of(),
                    List.of()))),
        new Sample<>(
            "stream-answered",
            StreamMessage.CODEC,
            new StreamMessage.Answered(
                1_000_000,
                new OperationReply.Done(
                    OperationReply.Kind.CREATED,
                    "application/json",
                    bytes("{}"),
                    List.of(new Header("location", "/v1/orders/1"))))),
        new Sample<>(
            "service-record",
            ServiceRecord.CODEC,
            new ServiceRecord(
                "users",
                "1.2.0",
                List.of(
                    operation("users.get", null, Priority.NORMAL, true),
                    operation("users.update", "users:write", Priority.CRITICAL, false)),
                "{\"User\":{\"type\":\"object\"}}")),
        new Sample<>(
            "service-record-v2",
            ServiceRecord.CODEC_V2,
            new ServiceRecord("open-inference", "1.2.0", List.of(RAW_OPERATION), "{}")),
        new Sample<>(
            "node-described-v2",
            NodeContract.describeV2("n-1").reply(),
            new NodeContract.Described(
                List.of(
                    new ServiceRecord(
                        "users",
                        "1.2.0",
                        List.of(operation("users.get", null, Priority.NORMAL, true)),
                        "{}")))),
        new Sample<>(
            "node-describe",
            NodeContract.describe("n-1").request(),
            new NodeContract.Describe(List.of("users", "orders"))),
        new Sample<>(
            "node-described",
            NodeContract.describe("n-1").reply(),
            new NodeContract.Described(
                List.of(
                    new ServiceRecord("orders", "2.0.0", List.of(), "{}"),
                    new ServiceRecord(
                        "users",
                        "1.2.0",
                        List.of(operation("users.get", null, Priority.NORMAL, true)),
                        "{}")))),
        new Sample<>(
            "node-canary", NodeContract.canary("n-1").request(), new NodeContract.Canary(-7)),
        new Sample<>(
            "node-scale",
            ScaleContract.scale("n-1").request(),
            new ScaleContract.Scale("users", 300)),
        new Sample<>(
            "node-scaled",
            ScaleContract.scale("n-1").reply(),
            new ScaleContract.Scaled(
                ScaleContract.Outcome.PER_LOOP, 2, 300, "users runs once on each event loop")),
        new Sample<>(
            "node-decisions-find",
            DecisionContract.decisions("n-1").request(),
            new DecisionContract.Find("n-1-1k-9c40e2d1")),
        new Sample<>(
            "node-decisions-since",
            DecisionContract.decisions("n-1").request(),
            new DecisionContract.Since(1_800_000_000_123L, 300)),
        new Sample<>(
            "node-decisions-kept",
            DecisionContract.decisions("n-1").reply(),
            new DecisionContract.Kept(List.of(DECISION))),
        new Sample<>(
            "node-heartbeat",
            Heartbeat.TOPIC.codec(),
            new Heartbeat(
                "n-1",
                "zone-a",
                Heartbeat.State.DRAINING,
                300,
                1_234_567_890L,
                "192.0.2.1",
                40_001,
                17,
                8080,
                2,
                "main",
                List.of(
                    new Heartbeat.Service("orders", 1, 0x0102030405060708L),
                    new Heartbeat.Service("users", 2, -2)))),
        new Sample<>(
            "users-reserve",
            UsersContract.RESERVE.request(),
            new Reserve(USER, "zoe@example.org", "Zoë")),
        new Sample<>("users-reserved", UsersContract.RESERVE.reply(), new Reserved(USER)),
        new Sample<>("users-reserve-email-taken", UsersContract.RESERVE.reply(), new EmailTaken()),
        new Sample<>("users-confirm", UsersContract.CONFIRM.request(), new Confirm(USER)),
        new Sample<>(
            "users-confirmed",
            UsersContract.CONFIRM.reply(),
            new Confirmed(USER, "zoe@example.org", "Zoë", "2026-01-02T03:04:05Z")),
        new Sample<>("users-confirm-email-taken", UsersContract.CONFIRM.reply(), new EmailTaken()),
        new Sample<>("users-find", UsersContract.FIND.request(), new Find(USER, "zoe@example.org")),
        new Sample<>("users-found", UsersContract.FIND.reply(), new Found(USER, "zoe@example.org")),
        new Sample<>("users-absent", UsersContract.FIND.reply(), new Absent()),
        new Sample<>(
            "users-changed", UsersContract.CHANGED.codec(), new UserChanged(USER, 300, true)),
        new Sample<>(
            "orders-find-product",
            ProductContract.FIND.request(),
            new ProductContract.Find("cup-7")),
        new Sample<>(
            "orders-found-product",
            ProductContract.FIND.reply(),
            new ProductContract.Found(PRODUCT)),
        new Sample<>(
            "orders-absent-product", ProductContract.FIND.reply(), new ProductContract.Absent()),
        new Sample<>(
            "orders-list-products",
            ProductContract.LIST.request(),
            new ProductContract.ListAfter("cup-7", 300)),
        new Sample<>(
            "orders-products",
            ProductContract.LIST.reply(),
            new ProductContract.Products(List.of(PRODUCT))),
        new Sample<>(
            "event-batch",
            EventContract.deliver("points").request(),
            new EventBatch(
                19,
                List.of(
                    new Event(
                        "0198c0de-0000-7000-8000-000000000001",
                        "/starling/orders",
                        "dev.starling.order.placed",
                        "0198c0de-0000-7000-8000-000000000002",
                        "order/0198c0de-0000-7000-8000-000000000002",
                        USER,
                        "2026-01-02T03:04:05.678901Z",
                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "{\"total\":1999}")))),
        new Sample<>(
            "event-receipt",
            EventContract.deliver("points").reply(),
            new Receipt(
                List.of(
                    Settled.DONE,
                    new Settled(Verdict.LATER, "mail server away"),
                    new Settled(Verdict.NEVER, "no such user: Zoë")))),
        new Sample<>(
            "event-receipt-postponed",
            EventContract.deliver("inference-jobs").reply(),
            new Receipt(List.of(new Settled(Verdict.POSTPONED, "it is running")))),
        new Sample<>(
            "inference-job-changed",
            JobContract.CHANGED.codec(),
            new JobChanged("0198c0de-0000-7000-8000-000000000003")),
        new Sample<>(
            "devices-commands-changed",
            DeviceContract.COMMANDS_CHANGED.codec(),
            new DeviceContract.CommandsChanged(USER)),
        new Sample<>(
            "devices-list", DeviceContract.LIST.request(), new DeviceContract.ListDevices(USER)),
        new Sample<>(
            "devices-found",
            DeviceContract.LIST.reply(),
            new DeviceContract.Devices(
                List.of(
                    new DeviceRecord(
                        "tv-1",
                        "Fernseher, groß",
                        "tv",
                        "living room",
                        List.of("play", "show_on", "stop")),
                    new DeviceRecord("phone.7", "Zoë's phone", "phone", "", List.of())))));
  }

  private static OperationRecord operation(
      String id, String scope, Priority priority, boolean reads) {
    return new OperationRecord(
        id,
        reads ? "GET" : "PUT",
        "/v1/users/{id}",
        reads,
        scope,
        priority,
        reads,
        reads ? 500 : 2000,
        reads ? 0 : 65_536,
        List.of("if-match"),
        reads ? OperationRecord.Interaction.STREAM : OperationRecord.Interaction.CALL,
        "{\"summary\":\"" + id + "\"}");
  }

  private static Set<String> ordered(String... scopes) {
    return new LinkedHashSet<>(List.of(scopes));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
