package dev.starling.users;

import static dev.starling.users.UsersNode.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.sdk.PageCursor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UserListTest {
  private UsersNode users;

  @BeforeEach
  void start() {
    users = UsersNode.running(1);
  }

  @AfterEach
  void stop() {
    users.close();
  }

  @Test
  void list_noUsers_isEmpty() {
    assertThat(json(users.list("", users.admin())))
        .hasToString("{\"users\":[],\"next_cursor\":null}");
  }

  @Test
  void list_insertsBetweenPages_showsEveryOldUserOnceInOrder() {
    List<String> old = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      old.add(users.register("old" + i + "@example.org", "Old"));
      if (i % 5 == 0) {
        // Several users share an instant; the id decides then.
        users.clock().advance(Duration.ofNanos(1_000));
      }
    }
    List<String> seen = new ArrayList<>();
    List<Instant> created = new ArrayList<>();
    String query = "limit=5";
    for (int page = 0; query != null; page++) {
      JsonNode answer = json(users.list(query, users.admin()));
      answer.path("users").forEach(user -> seen.add(user.path("id").asText()));
      answer
          .path("users")
          .forEach(user -> created.add(Instant.parse(user.path("created_at").asText())));
      query =
          answer.path("next_cursor").isNull()
              ? null
              : "limit=5&cursor=" + answer.path("next_cursor").asText();
      if (page < 3) {
        users.register("new" + page + "@example.org", "New");
        users.delete(seen.get(seen.size() - 1), users.admin());
      }
    }

    assertThat(seen).doesNotHaveDuplicates().containsAll(old);
    assertThat(created).isSorted();
  }

  @Test
  void list_exactlyOnePage_hasNoNext() {
    IntStream.range(0, 20).forEach(i -> users.register("u" + i + "@example.org", "Ada"));

    JsonNode answer = json(users.list("", users.admin()));

    assertThat(answer.path("users")).hasSize(20);
    assertThat(answer.path("next_cursor").isNull()).isTrue();
    users.register("u20@example.org", "Ada");
    assertThat(json(users.list("", users.admin())).path("next_cursor").asText()).hasSize(32);
    assertThat(json(users.list("limit=100", users.admin())).path("users")).hasSize(21);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "",
        "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
        // Microseconds beyond what PostgreSQL and RFC 3339 can say.
        "f_________8AAAAAAAAAAAAAAAAAAAAA",
        "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void list_badCursor_isInvalid(String cursor) {
    assertInvalid(users.list("cursor=" + cursor, users.admin()), "/query/cursor");
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, /query/limit",
    "limit=101, /query/limit",
    "limit=ten, /query/limit",
    "limit=1.5, /query/limit",
    "offset=3, /query/offset"
  })
  void list_badQuery_isInvalid(String query, String pointer) {
    assertInvalid(users.list(query, users.admin()), pointer);
  }

  @Test
  void list_cursorOfADeletedUser_goesOnBehindIt() {
    users.register("a@example.org", "A");
    users.clock().advance(Duration.ofSeconds(1));
    String last = users.register("b@example.org", "B");
    users.clock().advance(Duration.ofSeconds(1));
    String next = users.register("c@example.org", "C");
    String cursor = json(users.list("limit=2", users.admin())).path("next_cursor").asText();
    users.delete(last, users.admin());

    JsonNode answer = json(users.list("cursor=" + cursor, users.admin()));

    assertThat(answer.path("users")).hasSize(1);
    assertThat(answer.path("users").path(0).path("id").asText()).isEqualTo(next);
  }

  @Test
  void cursor_anyPlace_survivesItsText() {
    PageCursor place =
        new PageCursor(
            Instant.parse("2026-11-20T10:11:12.131415Z"),
            UUID.fromString("ffffffff-ffff-4fff-bfff-ffffffffffff"));

    assertThat(PageCursor.parse(place.text())).isEqualTo(place);
    assertThat(PageCursor.parse(PageCursor.START.text())).isEqualTo(PageCursor.START);
  }

  private static void assertInvalid(OperationReply reply, String pointer) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.refusal()).isEqualTo(Refusal.INVALID);
              assertThat(refused.violations()).extracting("pointer").containsExactly(pointer);
            });
  }
}
