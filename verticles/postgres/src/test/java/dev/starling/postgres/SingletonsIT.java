package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.awaitUntil;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.FencedWrite.Fenced;
import dev.starling.postgres.FencedWrite.Written;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes that want to be the owner, on one database. Nobody renews by itself here: the timers' hour
 * never comes, and a lease ends when the test says so.
 */
@Timeout(60)
class SingletonsIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Lease LEASE = new Lease(Duration.ofHours(2), Duration.ofHours(1), LIMIT);
  private static final String NAME = "orders.relay";

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private PostgresEndpoint database;
  private Postgres postgres;
  private Singletons a;
  private Singletons b;
  private Singletons c;

  @BeforeEach
  void open() throws Exception {
    database = SERVER.freshDatabase();
    PostgresConfig config =
        new PostgresConfig(
            ServerFixture.uri(database), 8, 16, Duration.ofSeconds(2), LIMIT, LIMIT, 0);
    postgres = await(Postgres.start(vertx, Path.of("unused"), config));
    await(Singletons.migrate(postgres));
    execute(database, "CREATE TABLE effects (epoch bigint)");
    a = node("a");
    b = node("b");
    c = node("c");
  }

  @AfterEach
  void close() throws Exception {
    await(postgres.close());
    await(vertx.close());
  }

  @Test
  void join_threeNodes_theFirstIsTheOwner() throws Exception {
    Ownership first = await(a.join(NAME));
    Ownership second = await(b.join(NAME));
    await(b.round());

    assertThat(first.term().epoch()).isOne();
    assertThat(second.term()).isNull();
    assertThat(row()).isEqualTo("a 1");
    assertThat(meters.get("singleton.owned").tag("name", NAME).gauge().value()).isOne();
  }

  @Test
  void join_instancesOfANodeAtTheSameTime_beginOneTerm() throws Exception {
    await(Future.all(a.join(NAME), a.join(NAME), a.join(NAME)));
    assertThat(row()).isEqualTo("a 1");
  }

  @Test
  void twoOfThreeNodesKilled_theThirdTakesOverWithANewEpoch() throws Exception {
    await(a.join(NAME));
    await(b.join(NAME));
    Ownership survivor = await(c.join(NAME));
    leaseRunsOut();
    await(b.round());
    assertThat(row()).isEqualTo("b 2");
    leaseRunsOut();
    await(c.round());

    assertThat(row()).isEqualTo("c 3");
    assertThat(written(survivor.term())).isTrue();
    assertThat(effects()).isEqualTo("3");
  }

  @Test
  void write_thawedFormerOwner_isFencedAndWritesNothing() throws Exception {
    Ownership frozen = await(a.join(NAME));
    Term before = frozen.term();
    leaseRunsOut();
    Ownership successor = await(b.join(NAME));

    // It was frozen: by its own clock hardly any time has passed, and it believes to be the owner.
    assertThat(before.isOver()).isFalse();
    assertThat(await(before.write(LIMIT, effect(before)))).isEqualTo(new Fenced<Void>());
    assertThat(before.isOver()).as("it knows now").isTrue();
    assertThat(frozen.term()).isNull();
    assertThat(written(successor.term())).isTrue();
    assertThat(effects()).isEqualTo("2");
    assertThat(meters.get("singleton.fenced").tag("name", NAME).functionCounter().count()).isOne();
  }

  @Test
  void write_leaseRanOutAndNobodyTookOver_isFenced() throws Exception {
    Term term = await(a.join(NAME)).term();
    leaseRunsOut();
    assertThat(await(term.write(LIMIT, effect(term)))).isInstanceOf(Fenced.class);
    assertThat(effects()).isEqualTo("0");
  }

  @Test
  void write_ownTimeIsOver_asksNobody() throws Exception {
    Term term = await(a.join(NAME)).term();
    nanos.addAndGet(LEASE.length().toNanos());
    await(postgres.close());
    assertThat(await(term.write(LIMIT, effect(term)))).isInstanceOf(Fenced.class);
  }

  @Test
  void write_termOfAnEarlierEpoch_isFencedThoughTheNodeIsTheOwnerAgain() throws Exception {
    Ownership ownership = await(a.join(NAME));
    Term earlier = ownership.term();
    nanos.addAndGet(LEASE.length().toNanos());
    await(a.round());

    assertThat(ownership.term().epoch()).isEqualTo(2);
    assertThat(earlier.isOver()).isTrue();
    assertThat(await(earlier.write(LIMIT, effect(earlier)))).isInstanceOf(Fenced.class);
    assertThat(written(ownership.term())).isTrue();
  }

  @Test
  void write_underWay_holdsBackTheNextOwnerAndNotTheRenewal() throws Exception {
    Ownership owner = await(a.join(NAME));
    Ownership next = await(b.join(NAME));
    Promise<Void> inside = Promise.promise();
    Promise<Void> finish = Promise.promise();
    Term term = owner.term();
    Future<FencedWrite<Void>> write =
        term.write(
            LIMIT,
            connection -> {
              inside.complete();
              return finish.future().compose(go -> effect(term).apply(connection));
            });
    await(inside.future());

    String before = query(database, "SELECT expires_at FROM singletons.ownership");
    await(a.round());
    assertThat(query(database, "SELECT expires_at FROM singletons.ownership"))
        .as("renewed while the write held the row")
        .isNotEqualTo(before);
    leaseRunsOut();
    Future<Void> takeover = b.round();
    awaitUntil("the next owner waits", () -> waiting() == 1);
    assertThat(next.term()).isNull();
    finish.complete();

    assertThat(await(write)).isInstanceOf(Written.class);
    await(takeover);
    assertThat(next.term().epoch()).isEqualTo(2);
    assertThat(effects()).isEqualTo("1");
  }

  @Test
  void write_workFails_rollsBackAndKeepsTheTerm() throws Exception {
    Ownership ownership = await(a.join(NAME));
    Term term = ownership.term();
    Future<FencedWrite<Void>> write =
        term.write(
            LIMIT,
            connection ->
                effect(term)
                    .apply(connection)
                    .compose(done -> Future.failedFuture(new IllegalStateException("mine"))));
    assertThatThrownBy(() -> await(write)).hasRootCauseMessage("mine");
    assertThat(effects()).isEqualTo("0");
    assertThat(ownership.term()).isNotNull();
  }

  @Test
  void round_ownerRenews_keepsTheEpoch() throws Exception {
    Ownership ownership = await(a.join(NAME));
    nanos.addAndGet(LEASE.renewal().toNanos());
    await(a.round());
    nanos.addAndGet(LEASE.renewal().toNanos());

    assertThat(ownership.term().epoch()).isOne();
    assertThat(row()).isEqualTo("a 1");
  }

  @Test
  void round_databaseCannotBeReached_endsTheTermByTheNodesOwnClock() throws Exception {
    Ownership ownership = await(a.join(NAME));
    await(postgres.close());
    nanos.addAndGet(LEASE.renewal().toNanos());
    await(a.round());
    assertThat(ownership.term()).as("one renewal missed").isNotNull();
    nanos.addAndGet(LEASE.renewal().toNanos());
    await(a.round());
    assertThat(ownership.term()).isNull();
  }

  @Test
  void leave_lastCandidateOfTheNode_isReplacedAtOnce() throws Exception {
    Ownership one = await(a.join(NAME));
    Ownership two = await(a.join(NAME));
    Ownership next = await(b.join(NAME));
    await(one.leave());
    await(one.leave());
    await(b.round());
    assertThat(next.term()).as("another instance of the node is still there").isNull();
    assertThat(two.term()).isNotNull();

    await(two.leave());
    await(b.round());
    assertThat(two.term()).isNull();
    assertThat(next.term().epoch()).isEqualTo(2);
  }

  @Test
  void manySingletons_areRenewedAndTakenOverTogether() throws Exception {
    for (int shard = 0; shard < 8; shard++) {
      await(a.join("orders.relay." + shard));
      await(b.join("orders.relay." + shard));
    }
    await(a.round());
    assertThat(owned("a")).isEqualTo("8");
    leaseRunsOut();
    await(b.round());
    assertThat(owned("b")).isEqualTo("8");
  }

  @Test
  void join_badName_isRefused() {
    assertThatThrownBy(() -> a.join("Orders relay"))
        .hasMessage("singleton: Orders relay (expected: 1..100 of a-z, 0-9, '.', '_' and '-')");
  }

  private Singletons node(String id) {
    SimpleMeterRegistry own = id.equals("a") ? meters : new SimpleMeterRegistry();
    return new Singletons(vertx, postgres, id, own, LEASE, nanos::get);
  }

  private void leaseRunsOut() throws SQLException {
    execute(database, "UPDATE singletons.ownership SET expires_at = clock_timestamp()");
  }

  private boolean written(Term term) throws Exception {
    return await(term.write(LIMIT, effect(term))) instanceof Written;
  }

  private static Function<SqlConnection, Future<Void>> effect(Term term) {
    return connection ->
        connection.query("INSERT INTO effects VALUES (" + term.epoch() + ")").execute().mapEmpty();
  }

  /** The epochs under which something was written, added up. */
  private String effects() throws SQLException {
    return query(database, "SELECT coalesce(sum(epoch), 0) FROM effects");
  }

  private String row() throws SQLException {
    return query(database, "SELECT owner || ' ' || epoch FROM singletons.ownership");
  }

  private String owned(String node) throws SQLException {
    return query(
        database, "SELECT count(*) FROM singletons.ownership WHERE owner = '" + node + "'");
  }

  private int waiting() {
    try {
      return Integer.parseInt(
          query(
              database,
              "SELECT count(*) FROM pg_stat_activity"
                  + " WHERE datname = current_database() AND wait_event_type = 'Lock'"));
    } catch (SQLException e) {
      return 0;
    }
  }
}
