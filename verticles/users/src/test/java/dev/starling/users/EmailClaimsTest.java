package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.UsersNode.etag;
import static dev.starling.users.UsersNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Address;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Absent;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.EmailTaken;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.contract.users.UsersContract.Reserved;
import dev.starling.users.EmailClaims.Claim;
import dev.starling.users.UserStore.Look;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an address when those who claim it stop half way, or come back late. */
@Timeout(60)
class EmailClaimsTest {
  private static final Duration SETTLED = Duration.ofSeconds(EmailTable.SETTLED_SECONDS);

  private static UsersNode users;
  private static UserStore store;
  private static EmailClaims claims;

  private final String address = UUID.randomUUID() + "@example.org";
  private final String first = UUID.randomUUID().toString();
  private final String second = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    users = UsersNode.running(2);
    store = new UserStore(users.shards);
    claims = new EmailClaims(new EmailTable(users.shards.home()), store);
  }

  @AfterAll
  static void stop() {
    users.close();
  }

  @Test
  void signUp_diedAfterItsClaim_keepsTheAddressForAMinute() {
    reserve(first, address);
    claim(first, address);

    assertThat(reserve(second, address)).isEqualTo(new Reserved(second));
    assertThat(find(address)).isEqualTo(new Absent());
    assertThat(confirm(second)).isEqualTo(new EmailTaken());
    users.ageClaims(SETTLED);

    assertThat(confirm(second)).isInstanceOf(Confirmed.class);
    assertThat(find(address)).isEqualTo(new Found(second, address));
  }

  @Test
  void signUp_diedAfterItsClaim_isConfirmedAgain() {
    reserve(first, address);
    claim(first, address);

    assertThat(confirm(first)).isInstanceOf(Confirmed.class);
    assertThat(find(address)).isEqualTo(new Found(first, address));
  }

  @Test
  void signUp_confirmedAfterTheAddressWasTakenOver_isRefused() {
    reserve(first, address);
    claim(first, address);
    users.ageClaims(SETTLED);
    users.register(second, address, "Second");

    assertThat(confirm(first)).isEqualTo(new EmailTaken());
    assertThat(find(address)).isEqualTo(new Found(second, address));
  }

  @Test
  void signUp_writtenTooLate_hasNoEffect() {
    Look look = look(first);
    claim(first, address);
    Look late = new Look(null, "", look.writableUntil().minusSeconds(31));

    assertThat(insert(first, late)).isNull();
    assertThat(look(first).user()).isNull();
    assertThat(insert(first, look)).isNotNull();
  }

  @Test
  void change_writtenTooLate_hasNoEffect() {
    users.register(first, address, "First");
    Look look = look(first);

    assertThat(replace(look.user(), "x" + address, look.writableUntil().minusSeconds(31))).isNull();
    assertThat(find(address)).isEqualTo(new Found(first, address));
    assertThat(replace(look.user(), "x" + address, look.writableUntil())).isNotNull();
  }

  @Test
  void change_diedAfterItsClaim_keepsBothAddressesForAMinute() {
    users.register(first, address, "First");
    claim(first, "x" + address);
    String third = users.register(UUID.randomUUID() + "@example.org", "Third");

    assertThat(refusal(change(third, "x" + address))).isEqualTo(Refusal.CONFLICT);
    users.ageClaims(SETTLED);
    assertThat(change(third, "x" + address)).isInstanceOf(Done.class);
    assertThat(refusal(change(third, address))).as("still in use").isEqualTo(Refusal.CONFLICT);
    assertThat(find("x" + address)).isEqualTo(new Found(third, "x" + address));
    assertThat(refusal(change(first, "x" + address))).isEqualTo(Refusal.CONFLICT);
  }

  @Test
  void change_diedBeforeItLetGo_leavesTheOldAddressToOthers() {
    users.register(first, address, "First");
    Look look = look(first);
    claim(first, "x" + address);
    replace(look.user(), "x" + address, look.writableUntil());

    assertThat(find(address)).isEqualTo(new Absent());
    users.ageClaims(SETTLED);
    users.register(second, address, "Second");
    assertThat(find("x" + address)).isEqualTo(new Found(first, "x" + address));
  }

  @Test
  void change_withAnOldVersion_letsGoOfTheNewAddress() {
    users.register(first, address, "First");
    users.patch(first, "{\"name\":\"Eve\"}", users.as(first));

    OperationReply reply =
        users.patch(
            first,
            "{\"email\":\"x%s\"}".formatted(address),
            users.as(first),
            UsersNode.ifMatch("\"v1\""));

    assertThat(refusal(reply)).isEqualTo(Refusal.PRECONDITION_FAILED);
    assertThat(etag(reply)).isEqualTo("\"v2\"");
    users.register(second, "x" + address, "Second");
  }

  @Test
  void undo_claimedBefore_keepsWhatTheOtherAttemptReliesOn() {
    users.register(first, address, "First");
    Claim one = claim(first, "x" + address);
    Claim other = claim(first, "x" + address);
    assertThat(one.isFirst()).isTrue();
    assertThat(other.isFirst()).isFalse();

    await(claims.undo(one, users.node.anonymous()));
    await(claims.undo(other, users.node.anonymous()));

    assertThat(claim(second, "x" + address)).isNull();
  }

  @Test
  void letGo_claimedAgainSince_keepsIt() {
    users.register(first, address, "First");
    Claim newer = claim(first, "x" + address);
    claim(first, address);

    await(claims.letGo(address, newer, users.node.anonymous()));

    assertThat(claim(second, address)).isNull();
  }

  @Test
  void claim_takenOverByTwo_goesToOne() {
    claim(first, address);
    users.ageClaims(SETTLED);
    String third = UUID.randomUUID().toString();

    Future<Claim> one = claims.claim(address, UUID.fromString(second), users.node.anonymous());
    Future<Claim> other = claims.claim(address, UUID.fromString(third), users.node.anonymous());

    assertThat(await(one) == null).isNotEqualTo(await(other) == null);
  }

  @Test
  void delete_justSignedUp_freesTheAddressAtOnce() {
    users.register(first, address, "First");
    users.delete(first, users.as(first));

    users.register(second, address, "Second");
    assertThat(confirm(first)).isEqualTo(new EmailTaken());
  }

  @Test
  void delete_whileAnotherConfirmationIsUnderWay_keepsTheAddressForIt() {
    reserve(first, address);
    Look look = look(first);
    claim(first, address);
    confirm(first);
    users.delete(first, users.as(first));

    reserve(second, address);
    assertThat(confirm(second)).isEqualTo(new EmailTaken());
    assertThat(insert(first, look)).as("the user is back").isNotNull();
    users.ageClaims(SETTLED);
    assertThat(confirm(second)).isEqualTo(new EmailTaken());
  }

  @Test
  void reserve_claimedByADeletedUser_isHeld() {
    users.register(first, address, "First");
    users.sqlOf(first, "DELETE FROM {shard}.users WHERE id = '{id}'");

    assertThat(reserve(second, address)).isEqualTo(new Reserved(second));
    users.ageClaims(SETTLED);
    assertThat(confirm(second)).isInstanceOf(Confirmed.class);
  }

  private static UsersContract.Reservation reserve(String id, String email) {
    return call(UsersContract.RESERVE, new Reserve(id, email, "Ada"));
  }

  private static UsersContract.Confirmation confirm(String id) {
    return call(UsersContract.CONFIRM, new Confirm(id));
  }

  private static UsersContract.Finding find(String email) {
    return call(UsersContract.FIND, new Find("", email));
  }

  private static <Q, R> R call(Address<Q, R> to, Q request) {
    return users.node.call(to, request, users.node.anonymous());
  }

  private static OperationReply change(String id, String email) {
    return users.patch(id, "{\"email\":\"%s\"}".formatted(email), users.as(id));
  }

  private static Claim claim(String id, String email) {
    return await(claims.claim(email, UUID.fromString(id), users.node.anonymous()));
  }

  private static Look look(String id) {
    return await(store.look(UUID.fromString(id), users.node.anonymous()));
  }

  private User insert(String id, Look look) {
    return await(
        store.insert(
            UUID.fromString(id),
            EmailAddress.parse(address),
            "Ada",
            Instant.parse("2026-01-01T00:00:00Z"),
            look.writableUntil(),
            users.node.anonymous()));
  }

  private static User replace(User seen, String email, OffsetDateTime until) {
    return await(
        store.replace(seen, until, null, EmailAddress.parse(email), users.node.anonymous()));
  }
}
