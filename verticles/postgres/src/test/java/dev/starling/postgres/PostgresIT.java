package dev.starling.postgres;

import static dev.starling.postgres.TestServers.await;
import static dev.starling.postgres.TestServers.execute;
import static dev.starling.postgres.TestServers.failureOf;
import static dev.starling.postgres.TestServers.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.postgres.SqlFailure.Kind;
import dev.starling.sdk.CallGuard;
import dev.starling.sdk.CallRefused;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pool against a server named by a URI; what the embedded one adds is in EmbeddedPoolIT. */
@Timeout(60)
class PostgresIT {
  @RegisterExtension static final ServerFixture SERVER = new ServerFixture();

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Path UNUSED = Path.of("unused");
  private static final String TIMEOUT = "SHOW statement_timeout";
  private static final String SLEEPERS =
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sl%'";

  private final Vertx vertx = Vertx.vertx();
  private PostgresEndpoint database;
  private Postgres postgres;

  @BeforeEach
  void open() throws Exception {
    database = SERVER.freshDatabase();
    postgres = await(Postgres.start(vertx, UNUSED, config(4, 16, LIMIT, Duration.ofSeconds(5))));
    await(postgres.migrate("sample", "classpath:db/sample", getClass().getClassLoader()));
  }

  @AfterEach
  void close() throws Exception {
    await(postgres.close());
    await(vertx.close());
  }

  @Test
  void connection_carriesNameTimeoutsAndSettings() throws Exception {
    assertThat(show("application_name")).isEqualTo("starling");
    assertThat(show("statement_timeout")).isEqualTo("5s");
    assertThat(show("idle_in_transaction_session_timeout")).isEqualTo("5s");
  }

  @Test
  void transact_workSucceeds_commits() throws Exception {
    await(postgres.transact(LIMIT, insert(1, "one")));
    assertThat(query(database, "SELECT name FROM sample.things")).isEqualTo("one");
  }

  @Test
  void transact_workFails_rollsBackAndPassesTheFailureOn() {
    IllegalStateException mine = new IllegalStateException("mine");
    Future<Object> result =
        postgres.transact(
            LIMIT,
            connection ->
                insert(1, "one").apply(connection).compose(done -> Future.failedFuture(mine)));
    assertThatThrownBy(() -> await(result)).isInstanceOf(ExecutionException.class).hasCause(mine);
    assertThat(count()).isZero();
  }

  @Test
  void transact_workThrows_rollsBackAndGivesTheConnectionBack() {
    for (int i = 0; i < 10; i++) {
      Future<Object> result =
          postgres.transact(
              LIMIT,
              connection -> {
                throw new IllegalStateException("mine");
              });
      assertThatThrownBy(() -> await(result)).hasRootCauseMessage("mine");
    }
    assertThat(count()).isZero();
  }

  @Test
  void transact_workSwallowsAFailedStatement_isNoSuccess() throws Exception {
    SqlFailure failure =
        failureOf(
            postgres.transact(
                LIMIT,
                connection ->
                    connection
                        .query("SELECT 1 / 0")
                        .execute()
                        .transform(ignored -> Future.succeededFuture("fine"))));
    assertThat(failure.kind()).isEqualTo(Kind.OTHER);
    assertThat(failure.sqlState()).isEqualTo("25P02");
  }

  @Test
  void repeatedKey_isAUniqueViolationThatNamesTheConstraint() throws Exception {
    await(postgres.write(LIMIT, insert(1, "one")));
    SqlFailure key = failureOf(postgres.write(LIMIT, insert(1, "two")));
    assertThat(key.kind()).isEqualTo(Kind.UNIQUE_VIOLATION);
    assertThat(key.constraint()).isEqualTo("things_pkey");
    SqlFailure name = failureOf(postgres.transact(LIMIT, insert(2, "one")));
    assertThat(name.constraint()).isEqualTo("things_name_once");
  }

  @Test
  void forbiddenValue_isACheckViolationThatNamesTheConstraint() throws Exception {
    SqlFailure failure = failureOf(postgres.write(LIMIT, insert(1, "much too long")));
    assertThat(failure.kind()).isEqualTo(Kind.CHECK_VIOLATION);
    assertThat(failure.constraint()).isEqualTo("things_name_short");
  }

  @Test
  void wrongSql_isOther() throws Exception {
    SqlFailure failure = failureOf(postgres.read(LIMIT, sql("SELEKT 1")));
    assertThat(failure.kind()).isEqualTo(Kind.OTHER);
    assertThat(failure.sqlState()).isEqualTo("42601");
  }

  @Test
  void lostRace_isASerializationFailure() throws Exception {
    await(postgres.write(LIMIT, insert(1, "one")));
    SqlFailure failure =
        failureOf(
            postgres.transact(
                LIMIT,
                connection ->
                    sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                        .apply(connection)
                        .compose(done -> sql("SELECT * FROM sample.things").apply(connection))
                        .compose(
                            done ->
                                postgres.write(
                                    LIMIT, sql("UPDATE sample.things SET name = 'first'")))
                        .compose(
                            done ->
                                sql("UPDATE sample.things SET name = 'late'").apply(connection))));
    assertThat(failure.kind()).isEqualTo(Kind.SERIALIZATION);
    assertThat(query(database, "SELECT name FROM sample.things")).isEqualTo("first");
  }

  @Test
  void slowStatement_isCancelledByTheServer() throws Exception {
    Postgres impatient = open(config(1, 1, LIMIT, Duration.ofMillis(100)));
    SqlFailure failure = failureOf(impatient.read(LIMIT, sql("SELECT pg_sleep(60)")));
    assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(failure.sqlState()).isEqualTo("57014");
    await(impatient.close());
  }

  @Test
  void statement_whoseCallerWaitsNoMore_isStoppedByTheServer() throws Exception {
    Postgres patient = open(config(2, 2, LIMIT, Duration.ofMinutes(10)));
    Duration limit = Duration.ofMillis(200);

    assertThat(failureOf(patient.read(limit, sql("SELECT pg_sleep(61)"))).kind())
        .isEqualTo(Kind.TIMEOUT);
    assertThat(failureOf(patient.transact(limit, sql("SELECT pg_sleep(62)"))).kind())
        .isEqualTo(Kind.TIMEOUT);

    TestServers.awaitUntil("nobody sleeps", () -> number(SLEEPERS) == 0);
    await(patient.close());
  }

  @Test
  void statementTimeout_followsEachCaller() throws Exception {
    Postgres narrow = open(config(1, 4, LIMIT, Duration.ofSeconds(5)));
    Duration limit = Duration.ofSeconds(4);

    assertThat(shown(narrow.read(limit, sql(TIMEOUT)))).isEqualTo("3584ms");
    assertThat(shown(narrow.read(LIMIT, sql(TIMEOUT)))).isEqualTo("5s");
    assertThat(shown(narrow.transact(limit, sql(TIMEOUT)))).isEqualTo("3584ms");
    assertThat(failureOf(narrow.transact(limit, sql("SELECT 1 / 0"))).sqlState())
        .isEqualTo("22012");
    SqlConnection connection = await(narrow.connect());
    assertThat(shown(connection.query(TIMEOUT).execute())).isEqualTo("5s");
    await(connection.close());
    await(narrow.close());
  }

  @Test
  void guard_thatRefuses_keepsWorkFromTheDatabase() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    postgres.guardedBy(
        new CallGuard() {
          @Override
          public <T> Future<T> run(Duration limit, Function<Duration, Future<T>> call) {
            return Future.failedFuture(new CallRefused("refused"));
          }
        });

    SqlFailure failure =
        failureOf(
            postgres.transact(
                LIMIT,
                connection -> {
                  ran.incrementAndGet();
                  return Future.succeededFuture();
                }));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.message()).isEqualTo("refused");
    assertThat(ran).hasValue(0);
  }

  @Test
  void transact_deadlineBeforeCommit_isATimeoutAndNeverCommits() throws Exception {
    Promise<Void> later = Promise.promise();
    AtomicInteger ran = new AtomicInteger();
    SqlFailure failure =
        failureOf(
            postgres.transact(
                Duration.ofSeconds(2),
                connection ->
                    insert(1, "one")
                        .apply(connection)
                        .onSuccess(done -> ran.incrementAndGet())
                        .compose(done -> later.future())));
    assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(ran).hasValue(1);
    later.complete();
    // The row lock is gone once the late transaction has been rolled back.
    await(postgres.write(LIMIT, insert(1, "another")));
    assertThat(query(database, "SELECT name FROM sample.things")).isEqualTo("another");
  }

  @Test
  void transact_processStoodStillBeyondTheDeadline_neverCommits() throws Exception {
    Duration limit = Duration.ofMillis(200);

    Future<?> result =
        postgres.transact(
            limit,
            connection -> insert(1, "late").apply(connection).onSuccess(done -> standStill(limit)));

    assertThat(failureOf(result).kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(count()).isZero();
  }

  /** Keeps the event loop, timers included, as a process that is frozen does. */
  private static void standStill(Duration beyond) {
    long end = System.nanoTime() + 2 * beyond.toNanos();
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void poolExhausted_refusesAtOnceBeyondTheQueueAndInTimeWithinIt() throws Exception {
    Postgres narrow = open(config(1, 1, Duration.ofMillis(250), Duration.ofSeconds(5)));
    Promise<Void> release = Promise.promise();
    Promise<Void> holding = Promise.promise();
    Future<Void> holder =
        narrow.read(
            LIMIT,
            connection -> {
              holding.complete();
              return release.future();
            });
    await(holding.future());
    Future<?> queued = narrow.read(LIMIT, sql("SELECT 1"));
    Future<?> rejected = narrow.read(LIMIT, sql("SELECT 1"));
    assertThat(failureOf(rejected).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failureOf(queued).kind()).isEqualTo(Kind.UNAVAILABLE);
    release.complete();
    await(holder);
    assertThat(await(narrow.read(LIMIT, sql("SELECT 1"))).size()).isEqualTo(1);
    await(narrow.close());
  }

  @Test
  void poolExhausted_rawPoolFailuresAreClassifiedToo() throws Exception {
    Postgres narrow = open(config(1, 1, Duration.ofMillis(250), Duration.ofSeconds(5)));
    SqlConnection holder = await(narrow.pool().getConnection());
    Future<?> queued = narrow.pool().query("SELECT 1").execute();
    Future<?> rejected = narrow.pool().query("SELECT 1").execute();
    assertThat(failureOf(rejected).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failureOf(queued).kind()).isEqualTo(Kind.UNAVAILABLE);
    await(holder.close());
    await(narrow.close());
  }

  @Test
  void start_nobodyListens_saysWhere() {
    assertThatThrownBy(
            () ->
                await(
                    Postgres.start(
                        vertx, UNUSED, config("postgresql://starling:secret@127.0.0.1:1/x"))))
        .hasCauseInstanceOf(PostgresException.class)
        .hasMessageContaining("postgres.uri: postgresql://starling:***@127.0.0.1:1/x")
        .hasMessageNotContaining("secret");
  }

  @Test
  void start_wrongPassword_isRefused() {
    String uri = ServerFixture.uri(database).replace(database.password(), "wrong");
    assertThatThrownBy(() -> await(Postgres.start(vertx, UNUSED, config(uri))))
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void start_serverThatDoesNotWaitForTheDisk_isRefused() throws Exception {
    execute(database, "ALTER DATABASE " + database.database() + " SET synchronous_commit = off");
    assertThatThrownBy(
            () -> await(Postgres.start(vertx, UNUSED, config(ServerFixture.uri(database)))))
        .hasMessageContaining("synchronous_commit: off (expected: on)");
  }

  @Test
  void close_again_isTheSameClose() throws Exception {
    Postgres other = open(config(1, 1, LIMIT, Duration.ofSeconds(5)));
    await(other.close());
    await(other.close());
    assertThat(failureOf(other.read(LIMIT, sql("SELECT 1"))).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  private Postgres open(PostgresConfig config) throws Exception {
    return await(Postgres.start(vertx, UNUSED, config));
  }

  private PostgresConfig config(
      int poolSize, int maxWaiting, Duration acquireTimeout, Duration statementTimeout) {
    return new PostgresConfig(
        ServerFixture.uri(database),
        poolSize,
        maxWaiting,
        Duration.ofSeconds(2),
        acquireTimeout,
        statementTimeout,
        0);
  }

  private static PostgresConfig config(String uri) {
    PostgresConfig defaults = PostgresConfig.defaults();
    return new PostgresConfig(
        uri,
        defaults.poolSize(),
        defaults.maxWaiting(),
        defaults.connectTimeout(),
        defaults.acquireTimeout(),
        defaults.statementTimeout(),
        0);
  }

  private static Function<SqlConnection, Future<RowSet<Row>>> sql(String sql) {
    return connection -> connection.query(sql).execute();
  }

  private static Function<SqlConnection, Future<RowSet<Row>>> insert(int id, String name) {
    return sql("INSERT INTO sample.things VALUES (" + id + ", '" + name + "')");
  }

  private long count() {
    return number("SELECT count(*) FROM sample.things");
  }

  private long number(String sql) {
    try {
      return Long.parseLong(query(database, sql));
    } catch (SQLException e) {
      return -1;
    }
  }

  private String show(String setting) throws Exception {
    return shown(postgres.read(LIMIT, sql("SHOW " + setting)));
  }

  private static String shown(Future<RowSet<Row>> rows) throws Exception {
    return await(rows).iterator().next().getString(0);
  }
}
