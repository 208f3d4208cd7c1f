package dev.starling.bench.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant DUE = Instant.parse("2030-01-01T00:00:10Z");
  private static final int USERS = 100;

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 10, 25, 50})
  void users_inTurn_allSaySomethingAsOften(int size) {
    Batches batches = Batches.at(USERS, size, 1_000);
    Map<Integer, Integer> said = new HashMap<>();
    int rounds = EventMix.CYCLE / size;
    for (long batch = 0; batch < (long) rounds * USERS * 3; batch++) {
      if (!batches.utterance(batch).isEmpty()) {
        said.merge(batches.user(batch), 1, Integer::sum);
      }
    }

    assertThat(said).hasSize(USERS);
    assertThat(said.values()).containsOnly(3);
  }

  @Test
  void round_ofBatches_isOneOfEachUser() {
    Batches batches = Batches.at(USERS, 10, 1_000);
    for (int round = 0; round < 3; round++) {
      Set<Integer> users = new HashSet<>();
      for (int i = 0; i < USERS; i++) {
        users.add(batches.user((long) round * USERS + i));
      }

      assertThat(users).hasSize(USERS);
    }
  }

  @Test
  void events_ofABatch_endWhenItIsDueAndBeginAfterTheUsersLast() throws Exception {
    Batches batches = Batches.at(USERS, 10, 1_000);
    JsonNode events = JSON.readTree(batches.list(4, DUE, DUE.plusMillis(3)));

    assertThat(events).hasSize(10);
    assertThat(time(events.get(9))).isEqualTo(DUE);
    // A user's next batch is due a second later.
    assertThat(Duration.between(time(events.get(0)), DUE))
        .isBetween(Duration.ofMillis(800), Duration.ofMillis(900));
    for (JsonNode event : events) {
      assertThat(event.path("sentat").asText()).isEqualTo(DUE.plusMillis(3).toString());
      assertThat(event.path("source").asText()).isEqualTo("/devices/" + batches.device(4));
      assertThat(Batches.batchOf(event.path("id").asText())).isEqualTo(4);
    }
    assertThat(events.get(9).path("id").asText()).isEqualTo(batches.utterance(4));
    assertThat(events.get(9).path("data").path("transcript").asText()).isNotEmpty();
  }

  @Test
  void events_eachByItself_areThoseOfTheList() throws Exception {
    Batches batches = Batches.at(USERS, 10, 1_000);
    StringBuilder all = new StringBuilder();
    for (String event : batches.each(4, DUE, DUE)) {
      all.append(all.isEmpty() ? "[" : ",").append(event);
    }

    assertThat(JSON.readTree(all + "]")).isEqualTo(JSON.readTree(batches.list(4, DUE, DUE)));
  }

  @Test
  void pictures_ofAUser_comeFromThePhone() {
    Batches batches = Batches.at(USERS, 10, 1_000);
    Set<String> others = new HashSet<>();
    for (long batch = 0; batch < 1_000; batch++) {
      boolean plain = !batches.list(batch, DUE, DUE).contains("image_id");
      if (plain) {
        others.add(batches.device(batch));
      } else {
        assertThat(batches.device(batch)).isEqualTo(Household.PHONE);
      }
    }

    assertThat(others).containsExactlyInAnyOrder(Household.TABLET, Household.LIGHT);
  }

  @Test
  void wordings_ofManyUtterances_areMostlyNew() {
    Set<String> said = new HashSet<>();
    for (long number = 0; number < 1_000; number++) {
      said.add(Wordings.of(number));
    }

    assertThat(said).hasSizeGreaterThan(700);
  }

  private static Instant time(JsonNode event) {
    return Instant.parse(event.path("time").asText());
  }
}
