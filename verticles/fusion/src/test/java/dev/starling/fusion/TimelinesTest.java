package dev.starling.fusion;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.postgres.shards.Shards;
import dev.starling.testkit.TestServer;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the log is read, bit by bit, and what of it stays in memory. */
@Timeout(120)
class TimelinesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static FusionNodes nodes;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void start() {
    nodes = new FusionNodes(TimelinesTest.class, new NewestImage());
    nodes.add();
  }

  @AfterAll
  static void stop() {
    nodes.close();
  }

  @Test
  void newest_readAgain_leavesOutWhatWasThere() {
    done("b-1");
    LogRead first = newest(null);
    assertThat(ids(first)).containsExactly("b-1");
    done("b-2");
    assertThat(ids(newest(first.upTo()))).contains("b-2");

    // Whoever else writes to this server may keep snapshots back for a moment.
    TestServer.await(
        "what was there is left out", () -> newest(newest(null).upTo()).rows().isEmpty());
  }

  @Test
  void newest_whatWasUnderWayAtTheLastRead_isFound() {
    done("b-1");
    SqlConnection slow = await(nodes.postgres().connect());
    await(slow.query("BEGIN").execute());
    await(
        slow.query(
                """
                INSERT INTO %1$s.fusion_events (user_id, source, id, modality, time, sent_at,
                  received_at, content)
                SELECT user_id, source, 'slow', modality, time, sent_at, received_at, content
                FROM %1$s.fusion_events WHERE user_id = '%2$s' AND id = 'b-1'"""
                    .formatted(Shards.schema(Shards.of(user)), user))
            .execute());
    done("b-2");
    LogRead before = newest(null);
    assertThat(ids(before)).containsExactlyInAnyOrder("b-1", "b-2");

    await(slow.query("COMMIT").execute());
    await(slow.close());

    assertThat(ids(newest(before.upTo()))).contains("slow");
  }

  @Test
  void newest_upToOfAnotherServer_isNothing() {
    done("b-1");
    LogRead.UpTo known = Objects.requireNonNull(newest(null).upTo());

    LogRead read = newest(new LogRead.UpTo(known.server() + 1, known.transaction() + 1_000_000));

    assertThat(ids(read)).containsExactly("b-1");
    assertThat(Objects.requireNonNull(read.upTo()).server()).isEqualTo(known.server());
  }

  @Test
  void timelines_moreThanThereIsRoomFor_stayWithinTheirBoundAndAreReadAnew() {
    long most = 5_000;
    Timelines timelines =
        new Timelines(
            new EventLog(nodes.shards()),
            content -> true,
            nodes.clock(),
            Duration.ofDays(7),
            most,
            new Random(1));
    for (int i = 0; i < 20; i++) {
      UUID other = UUID.randomUUID();
      nodes.post(other, nodes.done("b-1", nodes.now(), "touched"));
      nodes.post(other, nodes.done("b-2", nodes.now(), "touched"));

      assertThat(await(timelines.read(other, LIMIT)).size()).isEqualTo(2);
      assertThat(await(timelines.read(other, LIMIT)).size()).as("again").isEqualTo(2);
      assertThat(timelines.bytes()).isBetween(1L, most);
    }
    assertThat(timelines.users()).isBetween(1, 19);
  }

  private void done(String id) {
    nodes.post(user, nodes.done(id, nodes.now(), "touched"));
  }

  private LogRead newest(LogRead.@Nullable UpTo upTo) {
    return await(
        new EventLog(nodes.shards()).newest(user, Instant.EPOCH, upTo, key -> true, LIMIT));
  }

  private static List<String> ids(LogRead read) {
    return read.rows().stream().map(row -> row.event().id()).toList();
  }
}
