package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.UsersNode.etag;
import static dev.starling.users.UsersNode.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.UserChanged;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UsersVerticleTest {
  private UsersNode users;

  @BeforeEach
  void start() {
    users = new UsersNode();
  }

  @AfterEach
  void stop() {
    users.close();
  }

  @Test
  void service_isFoundAndAnnounced() {
    assertThat(ServiceLoader.load(ServiceVerticle.class))
        .hasAtLeastOneElementOfType(UsersVerticle.class);
    assertThat(new UsersVerticle().needs()).containsExactlyInAnyOrder(Postgres.class, Shards.class);

    users.node.deploy(new UsersVerticle());

    assertThat(users.node.catalog().services())
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.name()).isEqualTo("users");
              assertThat(service.operations())
                  .extracting(OperationRecord::id)
                  .containsExactlyInAnyOrder(
                      "users.me", "users.get", "users.list", "users.patch", "users.delete");
            });
  }

  @Test
  void writes_committed_areToldToEveryNode() throws InterruptedException {
    users.node.deploy(new UsersVerticle());
    BlockingQueue<UserChanged> events = new LinkedBlockingQueue<>();
    await(users.node.onCaller(bus -> bus.subscribe(UsersContract.CHANGED, events::add)));

    String id = users.register("ada@example.org", "Ada");
    users.patch(id, "{\"name\":\"Eve\"}", users.as(id));
    users.patch(id, "{\"name\":\"Eva\"}", users.as(id), UsersNode.ifMatch("\"v1\""));
    users.delete(id, users.as(id));

    for (UserChanged expected :
        List.of(
            new UserChanged(id, 1, false),
            new UserChanged(id, 2, false),
            new UserChanged(id, 3, true))) {
      assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo(expected);
    }
    assertThat(events).isEmpty();
  }

  @Test
  void read_afterTheEventOfAnotherNode_isNew() {
    // A feed that says nothing within this test: only the event can tell.
    configure("1h", "30m");
    users.node.deploy(new UsersVerticle());
    String id = users.register("ada@example.org", "Ada");
    readUntilCached(id);

    users.sqlOf(id, "UPDATE {shard}.users SET name = 'Eve'");
    assertThat(etag(users.me(users.as(id)))).as("cached").isEqualTo("\"v1\"");
    publish(new UserChanged(id, 2, false));
    awaitName(id, "Eve");

    users.sqlOf(id, "DELETE FROM {shard}.users");
    publish(new UserChanged(id, 3, true));
    while (users.me(users.as(id)) instanceof Done) {
      Thread.onSpinWait();
    }
  }

  @Test
  void read_whenTheEventWasLost_becomesNewByTheFeed() {
    configure("1s", "20ms");
    users.node.deploy(new UsersVerticle());
    users.node.deploy(new UsersVerticle());
    String id = users.register("ada@example.org", "Ada");
    users.me(users.as(id));

    users.sqlOf(id, "UPDATE {shard}.users SET name = 'Eve'");

    awaitName(id, "Eve");
  }

  @Test
  void read_whenTheFeedIsDown_goesToTheDatabase() {
    configure("5m", "2m");
    AtomicLong nanoTime = new AtomicLong();
    users.node.deploy(new UsersVerticle(nanoTime::get));
    String id = users.register("ada@example.org", "Ada");
    readUntilCached(id);
    users.sqlOf(id, "UPDATE {shard}.users SET name = 'Eve'");
    nanoTime.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v1\"");
    assertThat(reads("bypass")).isZero();

    nanoTime.addAndGet(1);

    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v2\"");
    assertThat(reads("bypass")).isOne();
  }

  @Test
  void undeploy_oneOfTwo_theOtherGoesOn() {
    configure("1s", "20ms");
    String first = users.node.deploy(new UsersVerticle());
    String second = users.node.deploy(new UsersVerticle());
    String id = users.register("ada@example.org", "Ada");

    users.node.undeploy(first);
    users.me(users.as(id));
    users.sqlOf(id, "UPDATE {shard}.users SET name = 'Eve'");
    awaitName(id, "Eve");

    users.node.undeploy(second);
    assertThatThrownBy(() -> users.me(users.as(id)))
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    users.node.deploy(new UsersVerticle());
    awaitName(id, "Eve");
  }

  @Test
  void deploy_badSetting_failsNamingIt() {
    users.node.settings().putObject("users").put("cache-max-entrys", 5);

    assertThatThrownBy(() -> users.node.deploy(new UsersVerticle()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("users.cache-max-entrys: unknown key (did you mean cache-max-entries?)");
  }

  @Test
  void deploy_poolOfOne_failsBeforeItStarves() {
    users.node.settings().putObject("postgres").put("pool-size", 1);

    assertThatThrownBy(() -> users.node.deploy(new UsersVerticle()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("postgres.pool-size: 1 (expected: >= 2");
  }

  private void configure(String staleness, String interval) {
    users
        .node
        .settings()
        .putObject("users")
        .put("cache-max-staleness", staleness)
        .put("cache-poll-interval", interval);
  }

  private void publish(UserChanged change) {
    await(
        users.node.onCaller(
            bus -> {
              bus.publish(UsersContract.CHANGED, change);
              return Future.succeededFuture();
            }));
  }

  /** The event of the confirmation may arrive during the first read, which is not kept then. */
  private void readUntilCached(String id) {
    while (reads("hit") == 0) {
      assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v1\"");
    }
  }

  private void awaitName(String id, String name) {
    while (!json(users.me(users.as(id))).path("name").asText().equals(name)) {
      Thread.onSpinWait();
    }
  }

  private double reads(String outcome) {
    return users
        .node
        .scope()
        .meters()
        .get("users.cache.reads")
        .tag("outcome", outcome)
        .counter()
        .count();
  }
}
