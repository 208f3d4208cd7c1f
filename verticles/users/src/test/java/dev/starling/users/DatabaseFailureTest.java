package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.UsersNode.etag;
import static dev.starling.users.UsersNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.Address;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Reserve;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers hear when the database does not do what it was asked. */
@Timeout(60)
class DatabaseFailureTest {
  private UsersNode users;
  private String id;

  @BeforeEach
  void start() {
    users = new UsersNode(Duration.ofMillis(300));
    users.node.deploy(new UsersVerticle());
    id = users.register("ada@example.org", "Ada");
  }

  @AfterEach
  void stop() {
    users.close();
  }

  @Test
  void operations_statementTimesOut_areNotExecuted() {
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      lock.run("LOCK TABLE {shard}.users IN ACCESS EXCLUSIVE MODE");
      lock.run("SET LOCAL idle_in_transaction_session_timeout = 0");

      assertThat(refusal(users.me(users.as(id)))).isEqualTo(Refusal.NOT_EXECUTED);
      assertThat(refusal(users.list("", users.admin()))).isEqualTo(Refusal.NOT_EXECUTED);
      assertThat(refusal(users.patch(id, "{\"name\":\"B\"}", users.as(id))))
          .isEqualTo(Refusal.NOT_EXECUTED);
      assertThat(refusal(users.delete(id, users.as(id)))).isEqualTo(Refusal.NOT_EXECUTED);
      String other = UUID.randomUUID().toString();
      assertUnavailable(
          () -> call(UsersContract.RESERVE, new Reserve(other, "ada@example.org", "Bea")));
      assertUnavailable(() -> call(UsersContract.CONFIRM, new Confirm(id)));
      assertUnavailable(() -> call(UsersContract.FIND, new Find(id, "")));
      assertUnavailable(() -> call(UsersContract.FIND, new Find("", "ada@example.org")));
      lock.rollback();
    }
    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v1\"");
  }

  @Test
  void patch_connectionLostWhileItRuns_isOfUnknownOutcome() {
    users.me(users.as(id));
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      Future<OperationReply> patch = users.patching(id, "{\"name\":\"B\"}", users.as(id));
      users.awaitLockWaits(1);
      terminateWaiting();

      assertThat(refusal(await(patch))).isEqualTo(Refusal.UNKNOWN_OUTCOME);
      lock.commit();
    }
    // The node no longer trusts what it had cached.
    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v2\"");
  }

  @Test
  void patch_addressCannotBeClaimed_isNotExecuted() {
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      lock.rollback();
      lock.begin("LOCK TABLE users.emails IN ACCESS EXCLUSIVE MODE");
      Future<OperationReply> patch =
          users.patching(id, "{\"email\":\"eve@example.org\"}", users.as(id));
      users.awaitLockWaits(1);
      terminateWaiting();

      // The claim may have been made, which nobody sees.
      assertThat(refusal(await(patch))).isEqualTo(Refusal.NOT_EXECUTED);
      lock.rollback();
    }
    assertThat(etag(users.me(users.as(id)))).isEqualTo("\"v1\"");
  }

  @Test
  void patch_connectionLostAfterTheClaim_isUnknownAndKeepsBothAddresses() {
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      Future<OperationReply> patch =
          users.patching(id, "{\"email\":\"eve@example.org\"}", users.as(id));
      users.awaitLockWaits(1);
      terminateWaiting();

      assertThat(refusal(await(patch))).isEqualTo(Refusal.UNKNOWN_OUTCOME);
      lock.rollback();
    }
    assertThat(claims()).isEqualTo(2);
  }

  @Test
  void patch_statementTimesOutAfterTheClaim_isNotExecutedAndLetsGo() {
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      lock.run("SET LOCAL idle_in_transaction_session_timeout = 0");
      OperationReply reply = users.patch(id, "{\"email\":\"eve@example.org\"}", users.as(id));

      assertThat(refusal(reply)).isEqualTo(Refusal.NOT_EXECUTED);
      lock.rollback();
    }
    assertThat(claims()).isOne();
  }

  @Test
  void confirm_connectionLostWhileItRuns_isUnavailableAndCanBeRepeated() {
    String other = UUID.randomUUID().toString();
    call(UsersContract.RESERVE, new Reserve(other, "b@c.org", "Bea"));
    try (OpenTransaction lock = new OpenTransaction(users, id)) {
      lock.run("LOCK TABLE users.reservations IN ACCESS EXCLUSIVE MODE");
      Future<Confirmation> confirm =
          users.node.onCaller(
              bus -> bus.call(UsersContract.CONFIRM, new Confirm(other), users.node.anonymous()));
      users.awaitLockWaits(1);
      terminateWaiting();

      assertUnavailable(() -> await(confirm));
      lock.rollback();
    }
    assertThat(call(UsersContract.CONFIRM, new Confirm(other))).isInstanceOf(Confirmed.class);
  }

  private <Q, R> R call(Address<Q, R> address, Q request) {
    return users.node.call(address, request, users.node.anonymous());
  }

  private long claims() {
    return users.sql("SELECT count(*) FROM users.emails").iterator().next().getLong(0);
  }

  private void terminateWaiting() {
    users
        .waitingStatements()
        .forEach(pid -> users.sql("SELECT pg_terminate_backend(%d)".formatted(pid)));
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BusException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }
}
