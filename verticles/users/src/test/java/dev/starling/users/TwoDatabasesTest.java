package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.TwoDatabases.homeId;
import static dev.starling.users.TwoDatabases.southId;
import static dev.starling.users.UsersNode.etag;
import static dev.starling.users.UsersNode.json;
import static dev.starling.users.UsersNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.Address;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Absent;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.EmailTaken;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.postgres.Postgres;
import dev.starling.testkit.TestServer;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users on two servers: what holds over both, and what one serves while the other is down. */
@Timeout(120)
class TwoDatabasesTest {
  private static TwoDatabases databases;

  private UsersNode users;

  @BeforeAll
  static void startServers() {
    databases = new TwoDatabases();
  }

  @AfterAll
  static void stopServers() {
    databases.close();
  }

  @BeforeEach
  void start() {
    users = databases.node();
    users.node.deploy(new UsersVerticle());
  }

  @AfterEach
  void stop() {
    users.close();
    databases.home.restart();
    databases.south.restart();
  }

  @Test
  void operations_onEitherDatabase_areTheSame() {
    for (String id : List.of(homeId(), southId())) {
      String email = UUID.randomUUID() + "@Example.org";
      users.register(id, email, "Ada");

      assertThat(stored(id)).isOne();
      assertThat(etag(users.patch(id, "{\"name\":\"Eve\"}", users.as(id)))).isEqualTo("\"v2\"");
      assertThat(etag(patchEmail(id, "x" + email))).isEqualTo("\"v3\"");
      assertThat(find("", "X" + email)).isEqualTo(new Found(id, "x" + email));
      assertThat(find("", email)).isEqualTo(new Absent());
      assertThat(users.delete(id, users.as(id))).isInstanceOf(Done.class);
      assertThat(find(id, "")).isEqualTo(new Absent());
      assertThat(claims()).isZero();
    }
  }

  @Test
  void sweepers_ofBothDatabases_haveAnOwnerThere() {
    assertThat(ownersOf(users.shards.home(), "users.sweeper")).isOne();
    assertThat(ownersOf(users.shards.databases().get("south").primary(), "users.sweeper.south"))
        .isOne();
  }

  @Test
  void confirm_concurrentlyInTwoShards_oneGetsTheAddress() {
    for (int round = 0; round < 20; round++) {
      String email = UUID.randomUUID() + "@example.org";
      String one = homeId();
      String other = southId();
      // The newest reservation holds the address, so let each be the newest when it is confirmed.
      Future<Confirmation> first = reserving(one, email).compose(held -> confirming(one));
      Future<Confirmation> second = reserving(other, email).compose(held -> confirming(other));

      List<Confirmation> answers = List.of(await(first), await(second));

      assertThat(answers.stream().filter(Confirmed.class::isInstance).count()).isEqualTo(1);
      assertThat(stored(one) + stored(other)).isOne();
    }
  }

  @Test
  void patch_concurrentlyToOneAddressInTwoShards_oneGetsIt() {
    String one = users.register(homeId(), UUID.randomUUID() + "@example.org", "One");
    String other = users.register(southId(), UUID.randomUUID() + "@example.org", "Other");
    for (int round = 0; round < 20; round++) {
      String body = "{\"email\":\"%s@example.org\"}".formatted(UUID.randomUUID());

      Future<OperationReply> first = users.patching(one, body, users.as(one));
      Future<OperationReply> second = users.patching(other, body, users.as(other));

      List<OperationReply> replies = List.of(await(first), await(second));
      assertThat(replies.stream().filter(Done.class::isInstance).count()).isEqualTo(1);
      assertThat(refusal(replies.get(replies.get(0) instanceof Done ? 1 : 0)))
          .isEqualTo(Refusal.CONFLICT);
      assertThat(claims()).as("one address each").isEqualTo(2);
    }
  }

  @Test
  void patch_concurrentlyToAndFro_keepsTheClaimOfTheAddressThatWon() {
    String email = UUID.randomUUID() + "@example.org";
    String id = users.register(southId(), email, "Ada");
    for (int round = 0; round < 20; round++) {
      Future<OperationReply> there = users.patching(id, emailBody("x" + email), users.as(id));
      Future<OperationReply> back = users.patching(id, emailBody(email), users.as(id));
      await(there);
      await(back);

      String now = json(users.me(users.as(id))).path("email").asText();
      assertThat(find("", now)).isEqualTo(new Found(id, now));
      users.ageClaims(Duration.ofMinutes(1));
      String stranger = homeId();
      assertThat(call(UsersContract.RESERVE, new Reserve(stranger, now, "Eve")))
          .isEqualTo(new EmailTaken());
    }
  }

  @Test
  void list_overBothDatabases_isInOrderWithoutHolesOrRepeats() {
    List<String> expected = new ArrayList<>();
    List<String> sameInstant = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sameInstant.add(
          users.register(UUID.randomUUID().toString(), "user" + i + "@example.org", "Ada"));
      if (i % 6 == 5) {
        expected.addAll(sorted(sameInstant));
        sameInstant.clear();
        users.clock().advance(Duration.ofMillis(1));
      }
    }
    expected.addAll(sorted(sameInstant));

    assertThat(listed(7)).isEqualTo(expected);
  }

  @Test
  void list_shardMovesMeanwhile_showsItsUsersOnce() {
    int shard = 3;
    String id = TwoDatabases.id(candidate -> candidate == shard);
    String stays = users.register(southId(), UUID.randomUUID() + "@example.org", "Stays");
    databases.takeAway(users, shard);
    try {
      Future<OperationReply> list = users.listing("", users.admin());
      databases.bring(users, shard, id, "Moved");

      List<String> seen = new ArrayList<>();
      json(await(list)).path("users").forEach(user -> seen.add(user.path("id").asText()));
      assertThat(seen).containsExactly(id, stays);
    } finally {
      databases.putBack(users, shard);
    }
  }

  @Test
  void secondServerDown_theFirstServesItsHalf() {
    String near = users.register(homeId(), UUID.randomUUID() + "@example.org", "Near");
    String farEmail = UUID.randomUUID() + "@example.org";
    String far = users.register(southId(), farEmail, "Far");

    databases.south.kill();

    assertThat(json(users.me(users.as(near))).path("name").asText()).isEqualTo("Near");
    String address = UUID.randomUUID() + "@example.org";
    assertThat(etag(patchEmail(near, address))).isEqualTo("\"v2\"");
    assertThat(find("", address)).isEqualTo(new Found(near, address));
    users.register(homeId(), UUID.randomUUID() + "@example.org", "New");

    assertThat(refusal(users.patch(far, "{\"name\":\"B\"}", users.as(far))))
        .isIn(Refusal.NOT_EXECUTED, Refusal.UNKNOWN_OUTCOME);
    eventually(() -> refused(users.me(users.as(far))) == Refusal.NOT_EXECUTED);
    assertThat(refusal(users.list("", users.admin()))).isEqualTo(Refusal.NOT_EXECUTED);
    assertUnavailable(() -> find("", farEmail));
    // Whose address this is cannot be told.
    assertUnavailable(() -> call(UsersContract.RESERVE, new Reserve(homeId(), farEmail, "Eve")));

    databases.south.restart();
    eventually(() -> users.me(users.as(far)) instanceof Done);
    // Until a probe is answered, calls can be refused again.
    eventually(() -> isFound(farEmail));
    assertThat(find("", farEmail)).isEqualTo(new Found(far, farEmail));
    assertThat(json(users.list("", users.admin())).path("users")).hasSize(3);
  }

  @Test
  void homeServerDown_theSecondServesAllButAddresses() {
    String near = users.register(homeId(), UUID.randomUUID() + "@example.org", "Near");
    String email = UUID.randomUUID() + "@example.org";
    String far = users.register(southId(), email, "Far");
    String goneEmail = UUID.randomUUID() + "@example.org";
    String gone = users.register(southId(), goneEmail, "Gone");

    databases.home.kill();

    assertThat(json(users.me(users.as(far))).path("name").asText()).isEqualTo("Far");
    assertThat(etag(users.patch(far, "{\"name\":\"B\"}", users.as(far)))).isEqualTo("\"v2\"");
    assertThat(etag(patchEmail(far, email.toUpperCase(Locale.ROOT)))).isEqualTo("\"v3\"");
    assertThat(refusal(patchEmail(far, "new@example.org"))).isEqualTo(Refusal.NOT_EXECUTED);
    assertThat(etag(users.me(users.as(far)))).isEqualTo("\"v3\"");
    assertThat(find(far, "")).isInstanceOf(Found.class);
    assertThat(call(UsersContract.CONFIRM, new Confirm(far))).isInstanceOf(Confirmed.class);
    assertThat(users.delete(gone, users.as(gone))).isInstanceOf(Done.class);
    assertUnavailable(() -> call(UsersContract.RESERVE, new Reserve(southId(), "n@b.org", "N")));
    eventually(() -> refused(users.me(users.as(near))) == Refusal.NOT_EXECUTED);

    databases.home.restart();
    eventually(() -> patchEmail(far, "new@example.org") instanceof Done);
    // Nobody has let go of this one.
    users.ageClaims(Duration.ofMinutes(1));
    users.register(homeId(), goneEmail, "Next");
  }

  private List<String> listed(int limit) {
    List<String> seen = new ArrayList<>();
    String query = "limit=" + limit;
    while (query != null) {
      JsonNode page = json(users.list(query, users.admin()));
      page.path("users").forEach(user -> seen.add(user.path("id").asText()));
      query =
          page.path("next_cursor").isNull()
              ? null
              : "limit=" + limit + "&cursor=" + page.path("next_cursor").asText();
    }
    return seen;
  }

  /** As PostgreSQL compares ids; their text compares in the same way. */
  private static List<String> sorted(List<String> ids) {
    return ids.stream().sorted(Comparator.naturalOrder()).toList();
  }

  private OperationReply patchEmail(String id, String email) {
    return users.patch(id, emailBody(email), users.as(id));
  }

  private static String emailBody(String email) {
    return "{\"email\":\"%s\"}".formatted(email);
  }

  private long stored(String id) {
    return users
        .sqlOf(id, "SELECT count(*) FROM {shard}.users WHERE id = '{id}'")
        .iterator()
        .next()
        .getLong(0);
  }

  private long claims() {
    return users.sql("SELECT count(*) FROM users.emails").iterator().next().getLong(0);
  }

  private static long ownersOf(Postgres database, String singleton) {
    return await(
            database
                .pool()
                .preparedQuery("SELECT count(*) FROM singletons.ownership WHERE name = $1")
                .execute(Tuple.of(singleton)))
        .iterator()
        .next()
        .getLong(0);
  }

  private Future<?> reserving(String id, String email) {
    return users.node.onCaller(
        bus ->
            bus.call(UsersContract.RESERVE, new Reserve(id, email, "Ada"), users.node.anonymous()));
  }

  private Future<Confirmation> confirming(String id) {
    return users.node.onCaller(
        bus -> bus.call(UsersContract.CONFIRM, new Confirm(id), users.node.anonymous()));
  }

  private UsersContract.Finding find(String id, String email) {
    return call(UsersContract.FIND, new Find(id, email));
  }

  private <Q, R> R call(Address<Q, R> address, Q request) {
    return users.node.call(address, request, users.node.anonymous());
  }

  private static Refusal refused(OperationReply reply) {
    return reply instanceof Done ? null : refusal(reply);
  }

  private boolean isFound(String email) {
    try {
      return find("", email) instanceof Found;
    } catch (BusException refused) {
      return false;
    }
  }

  private static void eventually(BooleanSupplier condition) {
    TestServer.await("the node notices", condition);
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }
}
