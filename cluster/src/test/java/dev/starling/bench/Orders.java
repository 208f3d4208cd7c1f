package dev.starling.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import dev.starling.load.SignUps;
import dev.starling.load.User;
import dev.starling.postgres.PostgresEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how many orders a node places; see {@code scripts/bench orders --help}. */
@Command(
    name = "scripts/bench orders",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Places orders at one node with its embedded PostgreSQL, beside pgbench on the same server.",
      "",
      "In turn, for so many rounds: pgbench with the transaction of an order, in 32 schemas; single"
          + " orders over HTTP; orders as lines of bulk requests. Then 10,000 calls at once against"
          + " the pool. Before each the relays tell what is open. The node, the database and the"
          + " generator share the machine.",
      "",
      "Ends with 1 when a bound is broken, with 2 when pgbench is missing."
    })
final class Orders implements Callable<Integer> {
  private static final int USAGE = 2;
  private static final String ORDERS = "/v1/orders";

  /**
   * As many either way and few, so that what is compared is how long an order takes: not how long
   * it queues, nor what those cost that come behind it because it was quick.
   */
  private static final int EFFECTS_PER_SECOND = 40;

  private static final int MAIL_OFFSET = 39;

  /** Not those between two statements of one, such as relays have. */
  private static final String LEFT_IN_A_TRANSACTION =
      "state LIKE 'idle in transaction%' AND now() - state_change > interval '1 second'";

  private static final String ADMIN_EMAIL = "admin@localhost";
  private static final String ADMIN_PASSWORD = "bench-only-password";
  private static final int SIGN_INS = 60;
  private static final int SKUS = 64;
  private static final long STOCK = 1_000_000_000;
  private static final int IMPORTERS = 4;
  private static final int SETTLE_SECONDS = 300;

  @Option(names = "--rounds", description = "of each (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(names = "--seconds", description = "length of a round (default: ${DEFAULT-VALUE})")
  private int seconds = 8;

  @Option(names = "--warmup", description = "seconds of load before (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds = 10;

  @Option(names = "--users", description = "who order (default: ${DEFAULT-VALUE})")
  private int users = 48;

  @Option(
      names = "--connections",
      description = "single orders under way (default: ${DEFAULT-VALUE})")
  private int connections = 256;

  @Option(
      names = "--pool",
      description = "connections to the database, and of pgbench (default: ${DEFAULT-VALUE})")
  private int pool = 20;

  @Option(names = "--crowd", description = "calls at once, at last (default: ${DEFAULT-VALUE})")
  private int crowd = 10_000;

  @Option(
      names = "--effects",
      description =
          "compare instead with orders whose e-mail, points and recommendation are made in the"
              + " request, some each second; needs those services in the jar")
  private boolean effects;

  @Option(names = "--pgbench", description = "the program (default: ${DEFAULT-VALUE})")
  private String pgbench = "pgbench";

  @Option(names = "--base-port", description = "first of 40 ports (default: ${DEFAULT-VALUE})")
  private int basePort = 18_250;

  @Option(names = "--directory", description = "for data and logs, kept (default: a new one)")
  private @Nullable Path directory;

  @Option(names = "--jvm", description = "JVM flags of the node (default: ${DEFAULT-VALUE})")
  private String jvm = "-Xmx512m -XX:+UseSerialGC";

  private final Checks checks = new Checks(System.out);
  private int failedWithEffects;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Orders()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (!PgBench.isThere(pgbench)) {
      System.err.println(
          pgbench
              + ": not found (expected: pgbench of PostgreSQL, e.g. apt-get install"
              + " postgresql-contrib, or --pgbench with where it is)");
      return USAGE;
    }
    Path home = directory == null ? Files.createTempDirectory("starling-orders") : directory;
    System.err.println("starting a node; its log is in " + home.resolve("logs"));
    GreenMail mailServer =
        new GreenMail(
            new ServerSetup(basePort + MAIL_OFFSET, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    if (effects) {
      // It tells of every mail.
      ((Logger) LoggerFactory.getLogger("com.icegreen")).setLevel(Level.WARN);
      mailServer.start();
    }
    try (Bed bed = Bed.start(spec(home));
        OutboxTables outboxes = new OutboxTables(home.resolve("data"))) {
      LabNode node = bed.nodes().get(0);
      PostgresEndpoint database = outboxes.endpoint();
      stock(node);
      List<User> buyers = new SignUps(node).create(users, "buyer");
      if (effects) {
        effects(node, buyers, outboxes);
      } else {
        PgBench generator = new PgBench(pgbench, database, home, SKUS);
        try (OpenLoop<OrderCalls> single =
            OrderCalls.against(node, ORDERS, buyers, SKUS, connections, /* seed= */ 1)) {
          measure(node, buyers, generator, single, outboxes);
        }
        settle(outboxes);
        crowd(node, buyers, database);
      }
    } finally {
      mailServer.stop();
    }
    return checks.isBroken() ? 1 : 0;
  }

  private Bed.Spec spec(Path home) {
    return new Bed.Spec(
        home, 1, basePort, List.of(), List.of(jvm.split(" ")), environment(home), LabFiles.OPEN);
  }

  private Map<String, String> environment(Path home) {
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_POSTGRES_POOL_SIZE", Integer.toString(pool));
    environment.put("STARLING_ADMIN_EMAIL", ADMIN_EMAIL);
    environment.put("STARLING_ADMIN_PASSWORD", ADMIN_PASSWORD);
    if (effects) {
      environment.put("STARLING_NOTIFICATIONS_SMTP_HOST", "127.0.0.1");
      environment.put("STARLING_NOTIFICATIONS_SMTP_PORT", Integer.toString(basePort + MAIL_OFFSET));
      environment.put("STARLING_NOTIFICATIONS_SMTP_TLS", "none");
      environment.put("STARLING_NOTIFICATIONS_SMTP_FROM", "shop@localhost");
      environment.put(
          "STARLING_VERTICLES_PATH",
          VerticleJar.write(home, InlineEffectsVerticle.class).toString());
    }
    return environment;
  }

  /** The same orders with their effects told by the outbox, and made before the answer. */
  private void effects(LabNode node, List<User> buyers, OutboxTables outboxes) throws SQLException {
    List<Double> outbox = new ArrayList<>();
    List<Double> inline = new ArrayList<>();
    System.out.println();
    System.out.println(
        "| round | effects told by the outbox, p50 ms | made in the request, p50 ms |");
    System.out.println("|---:|---:|---:|");
    for (int round = 1; round <= rounds; round++) {
      settle(outboxes);
      outbox.add(medianMillis(node, ORDERS, buyers));
      settle(outboxes);
      inline.add(medianMillis(node, InlineEffectsVerticle.PATH, buyers));
      System.out.printf(
          "| %d | %.1f | %.1f |%n", round, outbox.get(round - 1), inline.get(round - 1));
    }
    System.out.println();
    checks.heading();
    checks.atLeast("sooner with the outbox", median(inline) / median(outbox), 3, "times");
    checks.atMost("of these, failed", failedWithEffects, 0, "");
  }

  private double medianMillis(LabNode node, String path, List<User> buyers) {
    try (OpenLoop<OrderCalls> calls =
        OrderCalls.against(node, path, buyers, SKUS, connections, /* seed= */ 3)) {
      calls.paced(EFFECTS_PER_SECOND, warmUpSeconds * 1_000L);
      calls.ask(OrderCalls::take);
      calls.paced(EFFECTS_PER_SECOND, seconds * 1_000L);
      OrderCalls.Outcome outcome = calls.ask(OrderCalls::take);
      failedWithEffects += outcome.others() + outcome.refused();
      return outcome.latency().getValueAtPercentile(50) / 1e3;
    }
  }

  private void measure(
      LabNode node,
      List<User> buyers,
      PgBench generator,
      OpenLoop<OrderCalls> single,
      OutboxTables outboxes)
      throws SQLException {
    BulkCalls bulk = new BulkCalls(node, SKUS);
    System.err.println("warming up");
    single.closedLoop(connections, warmUpSeconds * 1_000L);
    bulk.run(buyers.subList(0, IMPORTERS), Math.max(1, warmUpSeconds / 2));
    single.ask(OrderCalls::take);
    List<Double> transactions = new ArrayList<>();
    List<Double> orders = new ArrayList<>();
    List<Double> lines = new ArrayList<>();
    System.out.println("| round | pgbench/s | orders/s | p50 ms | p99 ms | bulk orders/s |");
    System.out.println("|---:|---:|---:|---:|---:|---:|");
    int failed = 0;
    for (int round = 1; round <= rounds; round++) {
      settle(outboxes);
      double reference = generator.run(pool, seconds);
      settle(outboxes);
      long begin = System.nanoTime();
      single.closedLoop(connections, seconds * 1_000L);
      double took = (System.nanoTime() - begin) / 1e9;
      OrderCalls.Outcome outcome = single.ask(OrderCalls::take);
      failed += outcome.others() + outcome.refused();
      settle(outboxes);
      double bulkRate = bulk.run(buyers.subList(0, IMPORTERS), seconds);
      transactions.add(reference);
      orders.add(outcome.placed() / took);
      lines.add(bulkRate);
      System.out.printf(
          "| %d | %,.0f | %,.0f | %.1f | %.1f | %,.0f |%n",
          round,
          reference,
          outcome.placed() / took,
          outcome.latency().getValueAtPercentile(50) / 1e3,
          outcome.latency().getValueAtPercentile(99) / 1e3,
          bulkRate);
    }
    System.out.println();
    checks.heading();
    double single60 = 100 * median(orders) / median(transactions);
    checks.atLeast("single orders, of pgbench", single60, 60, "%");
    checks.atLeast("bulk, of single orders", median(lines) / median(orders), 2, "times");
    checks.atMost("single orders not placed", failed, 0, "");
  }

  /** Until what was ordered is told, so that relays have no more to do than what is measured. */
  private static void settle(OutboxTables outboxes) throws SQLException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    while (outboxes.due() > 0) {
      if (System.nanoTime() - end > 0) {
        System.err.println(
            outboxes.due() + " events are still open, which is work beside what follows");
        return;
      }
      Pause.millis(200);
    }
  }

  /** All at once: what is beyond the bounds is refused, the rest is placed, and it is over. */
  private void crowd(LabNode node, List<User> buyers, PostgresEndpoint database)
      throws SQLException {
    try (OpenLoop<OrderCalls> calls =
        OrderCalls.against(node, ORDERS, buyers, SKUS, crowd, /* seed= */ 2)) {
      calls.prepare(made -> made.connect(crowd));
      long begin = System.nanoTime();
      calls.atOnce(crowd);
      double waited = (System.nanoTime() - begin) / 1e9;
      OrderCalls.Outcome outcome = calls.ask(OrderCalls::take);
      long after = System.nanoTime();
      calls.closedLoop(pool, 500);
      OrderCalls.Outcome recovered = calls.ask(OrderCalls::take);
      double recovery = (System.nanoTime() - after) / 1e9;
      System.out.printf(
          "%n%,d calls at once, a pool of %d: %s by status, the last answer after %.1f s%n%n",
          crowd, pool, outcome.statuses(), waited);
      checks.heading();
      checks.atMost("longest wait", waited, 15, "s");
      checks.atMost("neither placed nor 503", outcome.others(), 0, "");
      checks.atMost(
          "calls afterwards that failed", recovered.others() + recovered.refused(), 0, "");
      checks.atMost("recovered within", recovery, 2, "s");
    }
    Pause.millis(2_000);
    checks.atMost("connections afterwards", sessions(database, "true"), pool + 8, "");
    checks.atMost(
        "connections left in a transaction", sessions(database, LEFT_IN_A_TRANSACTION), 0, "");
  }

  private static double sessions(PostgresEndpoint database, String condition) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s"
                    .formatted(database.host(), database.port(), database.database()),
                database.user(),
                database.password());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'starling' AND "
                    + condition)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private void stock(LabNode node) throws IOException, InterruptedException {
    String token = new ObjectMapper().readTree(signIn(node)).path("access_token").asText();
    for (int i = 0; i < SKUS; i++) {
      post(
          node,
          "/v1/products",
          "{\"sku\":\"B%d\",\"name\":\"Item %d\",\"price\":{\"amount\":1999,\"currency\":\"EUR\"},\"stock\":%d}"
              .formatted(i, i, STOCK),
          token,
          201);
    }
  }

  /** A node makes its first administrator beside everything else, after it is ready. */
  private String signIn(LabNode node) throws IOException, InterruptedException {
    String body = "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(ADMIN_EMAIL, ADMIN_PASSWORD);
    for (int attempt = 1; attempt < SIGN_INS; attempt++) {
      HttpResponse<String> answer = answer(node, "/v1/auth/token", body, null);
      if (answer.statusCode() == 200) {
        return answer.body();
      }
      Pause.millis(500);
    }
    return post(node, "/v1/auth/token", body, null, 200);
  }

  private String post(LabNode node, String path, String body, @Nullable String token, int wanted)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = answer(node, path, body, token);
    if (answer.statusCode() != wanted) {
      throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  private HttpResponse<String> answer(
      LabNode node, String path, String body, @Nullable String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + node.host() + ":" + node.httpPort() + path))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
