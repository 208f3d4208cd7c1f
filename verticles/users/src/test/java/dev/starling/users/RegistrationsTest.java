package dev.starling.users;

import static dev.starling.testkit.TestNode.await;
import static dev.starling.users.UsersNode.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Absent;
import dev.starling.contract.users.UsersContract.Confirm;
import dev.starling.contract.users.UsersContract.Confirmation;
import dev.starling.contract.users.UsersContract.Confirmed;
import dev.starling.contract.users.UsersContract.EmailTaken;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Finding;
import dev.starling.contract.users.UsersContract.Found;
import dev.starling.contract.users.UsersContract.Reservation;
import dev.starling.contract.users.UsersContract.Reserve;
import dev.starling.contract.users.UsersContract.Reserved;
import dev.starling.postgres.shards.Shards;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RegistrationsTest {
  private static final Duration HOLD = UsersConfig.defaults().reservationLife();
  private static UsersNode users;

  private final String email = UUID.randomUUID() + "@Example.org";
  private final String first = UUID.randomUUID().toString();
  private final String second = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    users = UsersNode.running(2);
  }

  @AfterAll
  static void stop() {
    users.close();
  }

  @Test
  void confirm_reserved_makesTheUser() {
    assertThat(reserve(first, email)).isEqualTo(new Reserved(first));
    assertThat(find(first, "")).isEqualTo(new Absent());

    users.clock().advance(Duration.ofMillis(1234));
    String now = users.clock().instant().toString();

    assertThat(confirm(first)).isEqualTo(new Confirmed(first, email, "Ada", now));
    assertThat(find(first, "")).isEqualTo(new Found(first, email));
    assertThat(json(users.me(users.as(first))).path("created_at").asText()).isEqualTo(now);
  }

  @Test
  void confirm_again_givesTheSameAnswer() {
    reserve(first, email);
    Confirmation answer = confirm(first);

    users.clock().advance(HOLD.multipliedBy(2));

    assertThat(confirm(first)).isEqualTo(answer).isInstanceOf(Confirmed.class);
    assertThat(reserve(first, email)).isEqualTo(new Reserved(first));
    assertThat(confirm(first)).isEqualTo(answer);
  }

  @Test
  void confirm_concurrently_givesEverybodyTheSameAnswer() {
    reserve(first, email);

    List<Confirmation> answers =
        awaitAll(Stream.generate(() -> confirming(first)).limit(20).toList());

    assertThat(answers).hasSize(20).allMatch(answers.get(0)::equals);
    assertThat(answers.get(0)).isInstanceOf(Confirmed.class);
  }

  @Test
  void confirm_withoutReservation_isRefused() {
    assertThat(confirm(first)).isEqualTo(new EmailTaken());
  }

  @Test
  void reserve_heldAddress_passesToTheNewest() {
    reserve(first, email);

    assertThat(reserve(second, email.toUpperCase(Locale.ROOT))).isEqualTo(new Reserved(second));

    assertThat(confirm(first)).isEqualTo(new EmailTaken());
    assertThat(confirm(second)).isInstanceOf(Confirmed.class);
    assertThat(confirm(first)).isEqualTo(new EmailTaken());
  }

  @Test
  void reserve_repeatedAfterTakeover_doesNotTakeTheAddressBack() {
    reserve(first, email);
    reserve(second, email);

    assertThat(reserve(first, email)).isEqualTo(new Reserved(first));

    assertThat(confirm(first)).isEqualTo(new EmailTaken());
    assertThat(confirm(second)).isInstanceOf(Confirmed.class);
  }

  @Test
  void reserve_repeated_doesNotProlongTheHold() {
    reserve(first, email);
    users.clock().advance(HOLD.minusMillis(1));
    reserve(first, email);
    users.clock().advance(Duration.ofMillis(1));

    assertThat(confirm(first)).isEqualTo(new EmailTaken());
  }

  @Test
  void confirm_justBeforeExpiry_works() {
    reserve(first, email);
    users.clock().advance(HOLD.minusMillis(1));

    assertThat(confirm(first)).isInstanceOf(Confirmed.class);
  }

  @Test
  void confirm_expiredNewerReservation_isRefusedToo() {
    reserve(first, email);
    users.clock().advance(Duration.ofMinutes(1));
    reserve(second, email);
    users.clock().advance(HOLD);

    assertThat(confirm(first)).isEqualTo(new EmailTaken());
    assertThat(confirm(second)).isEqualTo(new EmailTaken());
  }

  @Test
  void reserve_expired_holdsAnew() {
    reserve(first, email);
    users.clock().advance(HOLD);

    assertThat(reserve(first, email)).isEqualTo(new Reserved(first));

    users.clock().advance(HOLD.minusMillis(1));
    assertThat(confirm(first)).isInstanceOf(Confirmed.class);
  }

  @Test
  void reserve_addressOfAUser_isTaken() {
    reserve(first, email);
    confirm(first);

    assertThat(reserve(second, email.toLowerCase(Locale.ROOT))).isEqualTo(new EmailTaken());
    assertThat(confirm(second)).isEqualTo(new EmailTaken());
  }

  @Test
  void confirm_addressTakenByAChangeOfProfile_isRefused() {
    String changed = users.register(UUID.randomUUID() + "@example.org", "Ada");
    reserve(first, email);

    users.patch(changed, "{\"email\":\"%s\"}".formatted(email), users.as(changed));

    assertThat(confirm(first)).isEqualTo(new EmailTaken());
    assertThat(find("", email)).isEqualTo(new Found(changed, email));
  }

  @Test
  void reserve_idOfAnAttemptForAnotherAddress_isInvalid() {
    reserve(first, email);
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> reserve(first, "x" + email));

    confirm(first);
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> reserve(first, "x" + email));
    assertThat(find(first, "")).isEqualTo(new Found(first, email));
  }

  @Test
  void reserve_thousandConcurrentForOneAddress_oneBecomesAUser() {
    List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(1_000).toList();

    List<Confirmation> confirmations =
        awaitAll(
            ids.stream()
                .map(id -> reserving(id, email).compose(reserved -> confirming(id)))
                .toList());
    // Whoever was newest when the dust had settled, and not confirmed yet, has a second chance.
    List<Confirmation> second = awaitAll(ids.stream().map(this::confirming).toList());

    long users =
        Stream.concat(confirmations.stream(), second.stream())
            .filter(Confirmed.class::isInstance)
            .map(confirmed -> ((Confirmed) confirmed).userId())
            .distinct()
            .count();
    assertThat(users).isOne();
    assertThat(usersWith(email)).isOne();
  }

  @Test
  void find_byAddress_ignoresCase() {
    reserve(first, email);
    confirm(first);

    assertThat(find("", email.toUpperCase(Locale.ROOT))).isEqualTo(new Found(first, email));
    assertThat(find("", "x" + email)).isEqualTo(new Absent());
    assertThat(find(second, "")).isEqualTo(new Absent());
  }

  @Test
  void find_whatNobodyCanHave_isAbsent() {
    assertThat(find("", "no address")).isEqualTo(new Absent());
    assertThat(find("", "a\u0000@b.org")).isEqualTo(new Absent());
    assertThat(find("42", "")).isEqualTo(new Absent());
  }

  @Test
  void find_bothOrNeither_isInvalid() {
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> find(first, email));
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> find("", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "1-1-1-1-1, a@b.org, Ada",
    "'', a@b.org, Ada",
    "8f1cd3c4-2b3c-4f7e-9f7e-8f1cd3c42b3c, nobody, Ada",
    "8f1cd3c4-2b3c-4f7e-9f7e-8f1cd3c42b3c, a\u0000@b.org, Ada",
    "8f1cd3c4-2b3c-4f7e-9f7e-8f1cd3c42b3c, \ud800@b.org, Ada",
    "8f1cd3c4-2b3c-4f7e-9f7e-8f1cd3c42b3c, a@b.org, ''",
    "8f1cd3c4-2b3c-4f7e-9f7e-8f1cd3c42b3c, a@b.org, a\u0000b",
  })
  void reserve_badInput_isInvalid(String id, String address, String name) {
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            users.node.call(
                UsersContract.RESERVE, new Reserve(id, address, name), users.node.anonymous()));
  }

  @Test
  void confirm_badId_isInvalid() {
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> confirm("8f1cd3c4"));
  }

  private static Reservation reserve(String id, String email) {
    return await(reserving(id, email));
  }

  private static Future<Reservation> reserving(String id, String email) {
    return users.node.onCaller(
        bus ->
            bus.call(UsersContract.RESERVE, new Reserve(id, email, "Ada"), users.node.anonymous()));
  }

  private Confirmation confirm(String id) {
    return await(confirming(id));
  }

  private Future<Confirmation> confirming(String id) {
    return users.node.onCaller(
        bus -> bus.call(UsersContract.CONFIRM, new Confirm(id), users.node.anonymous()));
  }

  private static Finding find(String id, String email) {
    return users.node.call(UsersContract.FIND, new Find(id, email), users.node.anonymous());
  }

  private static long usersWith(String email) {
    return IntStream.range(0, Shards.COUNT)
        .mapToLong(
            shard ->
                users
                    .sql(
                        "SELECT count(*) FROM %s.users WHERE lower(email) = lower('%s')"
                            .formatted(Shards.schema(shard), email))
                    .iterator()
                    .next()
                    .getLong(0))
        .sum();
  }

  private static <T> List<T> awaitAll(List<Future<T>> futures) {
    List<T> values = new ArrayList<>();
    futures.forEach(future -> values.add(await(future)));
    return values;
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BusException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
