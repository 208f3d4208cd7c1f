package dev.starling.vectors;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.postgres.shards.Shards;
import dev.starling.testkit.TestServer;
import dev.starling.vectors.VectorNodes.Node;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that this node did not write, nodes that come and go, and what was deleted. */
@Timeout(60)
class FollowTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String QUICK = "{\"poll-interval\":\"50ms\"}";

  private final UUID user = UUID.randomUUID();
  private VectorNodes nodes;
  private PointTable table;
  private UUID collection;

  @BeforeEach
  void start() {
    nodes = new VectorNodes(FollowTest.class);
    nodes.add(QUICK);
    table = new PointTable(nodes.shards());
    nodes.create(user, "c", 2, "dot");
    collection = await(new CollectionTable(nodes.shards()).find(user, "c", PATIENCE)).get().id();
    nodes.awaitComplete(user, "c");
  }

  @AfterEach
  void stop() {
    nodes.sql(
        Owners.ALL_SHARDS.stream()
            .map(Shards::schema)
            .map(schema -> schema + ".vectors, " + schema + ".vector_collections")
            .collect(Collectors.joining(", ", "TRUNCATE ", "")));
    nodes.close();
  }

  @Test
  void row_thatAnotherNodeWrote_isFoundAfterAMoment() {
    write("a", new float[] {1, 1});

    awaitFound("a");
  }

  @Test
  void row_thatAnotherNodeDeleted_isFoundNoMore() {
    store(0, 3);
    write("p1", null);

    awaitFound("p0", "p2");
  }

  @Test
  void rows_whoseCommitsAreLate_areNotPassedOver() {
    // A writer that has its number and does not commit: whoever is next waits for it.
    String first = inShard(0, "first");
    String second = inShard(0, "second");
    SqlConnection late = await(nodes.postgres().connect());
    Transaction transaction = await(late.begin());
    await(
        late.query(
                ("UPDATE shard_00.vector_changes SET last = last + 1;"
                        + "INSERT INTO shard_00.vectors (collection, id, change, metric, vector,"
                        + " attributes) SELECT '%s', '%s', last, 1, '\\x0000803f0000803f', '{}'"
                        + " FROM shard_00.vector_changes")
                    .formatted(collection, first))
            .execute());
    Future<OperationReply> next = nodes.operating(user, "store", List.of("c"), points(second));
    TestServer.await(
        "the second writer waits",
        () -> count("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);

    assertThat(next.isComplete()).isFalse();
    await(transaction.commit());
    await(late.close());

    assertThat(await(next)).isInstanceOf(OperationReply.Done.class);
    awaitFound(first, second);
  }

  @Test
  void numbers_ofWritersAtOnce_haveNoGaps() {
    List<Future<PointTable.Written>> writes =
        IntStream.range(0, 20)
            .mapToObj(i -> table.write(3, List.of(row(inShard(3, "w" + i), 1, 1)), PATIENCE))
            .toList();
    List<Long> bases = writes.stream().map(write -> await(write).base()).sorted().toList();

    assertThat(bases).isEqualTo(IntStream.range(0, 20).mapToObj(i -> bases.get(0) + i).toList());
  }

  @Test
  void node_thatStartsLater_readsAllRowsThatLive() {
    store(0, 2000);
    deleteFirst(500);
    Node first = only();
    first.leave();
    Node second = nodes.add(QUICK);
    nodes.awaitComplete(user, "c");

    assertThat(found(1000)).hasSize(1000);
    assertThat(nodes.ask(user, "describe", List.of("c"), "").path("points").asInt())
        .isEqualTo(1500);
    assertThat(second.gauge("vectors.index.rebuilt.ratio")).isEqualTo(1);
    assertThat(second.gauge("vectors.memory.units")).isEqualTo(1500);
  }

  @Test
  void owner_thatIsLost_isFollowedByAnotherThatHasEverything() {
    nodes.add(QUICK);
    nodes.awaitComplete(user, "c");
    store(0, 400);
    assertThat(found(1000)).hasSize(400);

    only().leave();

    TestServer.await("the other one has taken over", () -> isWhole(400));
    store(400, 10);
    assertThat(found(1000)).hasSize(410);
  }

  @Test
  void node_thatJoins_takesItsShardsOverAndTheyLeaveTheOther() {
    store(0, 400);
    Node second = nodes.add(QUICK);

    TestServer.await("both have their parts", () -> isWhole(400));
    JsonNode described = nodes.ask(user, "describe", List.of("c"), "");
    assertThat(described.path("shards").findValuesAsText("node"))
        .contains("n-1", "n-2")
        .hasSize(Shards.COUNT);
    assertThat(second.gauge("vectors.memory.units")).isBetween(100.0, 300.0);
    nodes.ask(user, "store", List.of("c"), points("new"));
    assertThat(found(1000)).hasSize(401);
  }

  @Test
  void write_whileTheOwnerIsRebuilding_isNotLost() {
    store(0, 500);
    only().leave();
    nodes.add(QUICK);
    store(500, 200);
    nodes.awaitComplete(user, "c");

    assertThat(found(1000)).hasSize(700);
  }

  @Test
  void follower_whoseDeletesWereForgotten_readsAnew() {
    String gone = inShard(5, "gone");
    String kept = inShard(5, "kept");
    nodes.ask(user, "store", List.of("c"), points(gone, kept));
    // As it would be after an outage that is longer than deletes are kept.
    nodes.sql(
        ("WITH turn AS (UPDATE shard_05.vector_changes SET last = last + 1, forgotten = last + 1)"
                + " DELETE FROM shard_05.vectors WHERE id = '%s'")
            .formatted(gone));

    awaitFound(kept);
  }

  @Test
  void shard_whoseDatabaseWentBack_isReadAnew() {
    String lost = inShard(6, "lost");
    String kept = inShard(6, "kept");
    nodes.ask(user, "store", List.of("c"), points(kept));
    nodes.ask(user, "store", List.of("c"), points(lost));
    nodes.sql(
        ("WITH turn AS (UPDATE shard_06.vector_changes SET last = last - 1)"
                + " DELETE FROM shard_06.vectors WHERE id = '%s'")
            .formatted(lost));

    awaitFound(kept);
  }

  @Test
  void collection_thatWasDeletedAndMadeAnew_hasNoneOfItsPoints() {
    store(0, 100);
    nodes.ask(user, "drop", List.of("c"), "");
    nodes.create(user, "c", 2, "dot");
    nodes.ask(user, "store", List.of("c"), points("only"));

    assertThat(found(1000)).containsExactly("only");
    TestServer.await("the rows are gone", () -> rows(collection) == 0);
    TestServer.await("and their memory", () -> nodeOne().gauge("vectors.memory.units") == 1);
  }

  @Test
  void write_toACollectionWhoseEndWasSaid_writesNothing() {
    String id = inShard(7, "late");
    await(table.end(7, collection, PATIENCE));

    PointTable.Written written = await(table.write(7, List.of(row(id, 1, 1)), PATIENCE));

    assertThat(written.done()).isEmpty();
  }

  @Test
  void janitor_deletesThatAreOld_removesThemAndSaysSo() {
    store(0, 64);
    deleteFirst(32);
    nodes.sql(
        IntStream.range(0, Shards.COUNT)
            .mapToObj(
                shard ->
                    "UPDATE %s.vectors SET changed_at = now() - interval '2 hours'"
                        .formatted(Shards.schema(shard)))
            .collect(Collectors.joining(";")));
    CollectionTable collections = new CollectionTable(nodes.shards());

    await(
        new Janitor(collections, table, Janitor.Purge.NOTHING, Duration.ofHours(1))
            .round(Owners.ALL_SHARDS));

    assertThat(rows(collection)).isEqualTo(32);
    assertThat(found(1000)).hasSize(32);
    long forgotten =
        Owners.ALL_SHARDS.stream()
            .mapToLong(shard -> await(table.changes(shard, 0, 1, PATIENCE)).forgotten())
            .sum();
    assertThat(forgotten).isPositive();
  }

  @Test
  void janitor_collectionThatIsSettled_forgetsItsRow() {
    nodes.ask(user, "drop", List.of("c"), "");
    String schema = Shards.schema(Shards.of(user));
    nodes.sql(
        "UPDATE %s.vector_collections SET deleted_at = now() - interval '2 minutes'"
            .formatted(schema));
    CollectionTable collections = new CollectionTable(nodes.shards());

    await(
        new Janitor(collections, table, Janitor.Purge.NOTHING, Duration.ofHours(1))
            .round(List.of(Shards.of(user))));

    assertThat(
            count(
                "SELECT count(*) FROM %s.vector_collections WHERE id = '%s'"
                    .formatted(schema, collection)))
        .isZero();
  }

  @Test
  void memory_thatIsFull_refusesNewPointsBeforeTheyAreWritten() {
    only().leave();
    nodes.add("{\"poll-interval\":\"50ms\",\"max-points\":100}");
    nodes.awaitComplete(user, "c");
    store(0, 90);

    assertThat(nodes.refusal(user, "store", List.of("c"), many(90, 20)))
        .isEqualTo("NOT_EXECUTED: there is no memory for more points (vectors.max-points)");
    assertThat(rows(collection)).isEqualTo(90);
    deleteFirst(50);
    store(90, 20);
    assertThat(found(1000)).hasSize(60);
  }

  @Test
  void memory_tooSmallForWhatIsThere_saysPartialAndGoesOn() {
    store(0, 400);
    only().leave();
    Node small = nodes.add("{\"poll-interval\":\"50ms\",\"max-points\":100}");
    TestServer.await(
        "its memory is full",
        () ->
            nodes
                .ask(user, "describe", List.of("c"), "")
                .path("shards")
                .findValuesAsText("state")
                .contains("full"));

    JsonNode answer = nodes.ask(user, "search", List.of("c"), "{\"vector\":[1,1],\"k\":1000}");
    assertThat(answer.path("partial").asBoolean()).isTrue();
    assertThat(answer.path("matches").size()).isBetween(1, 100);
    // What is about to be read is counted for a moment, too.
    TestServer.await("there is no more", () -> small.gauge("vectors.memory.units") <= 100);
    assertThat(small.meters.get("vectors.searches.partial").counter().count()).isPositive();
  }

  private Node only() {
    return nodeOne();
  }

  private Node nodeOne() {
    return nodes.node(0);
  }

  private boolean isWhole(int points) {
    JsonNode described = nodes.ask(user, "describe", List.of("c"), "");
    return described.path("complete").asBoolean() && described.path("points").asInt() == points;
  }

  private void store(int from, int count) {
    for (int i = from; i < from + count; i += 1000) {
      nodes.ask(user, "store", List.of("c"), many(i, Math.min(1000, from + count - i)));
    }
  }

  private void deleteFirst(int count) {
    String ids =
        IntStream.range(0, count).mapToObj(i -> "\"p" + i + "\"").collect(Collectors.joining(","));
    nodes.ask(user, "delete-all", List.of("c"), "{\"ids\":[" + ids + "]}");
  }

  private void write(String id, float[] vector) {
    int shard = PointShards.of(collection, id);
    await(
        table.write(
            shard, List.of(new PointChange(collection, id, Metric.DOT, vector, "{}")), PATIENCE));
  }

  private PointChange row(String id, float one, float other) {
    return new PointChange(collection, id, Metric.DOT, new float[] {one, other}, "{}");
  }

  /** An id that is in this shard and begins like this. */
  private String inShard(int shard, String prefix) {
    return IntStream.range(0, 10_000)
        .mapToObj(i -> prefix + "-" + i)
        .filter(id -> PointShards.of(collection, id) == shard)
        .findFirst()
        .orElseThrow();
  }

  private void awaitFound(String... ids) {
    TestServer.await(
        "found are " + List.of(ids),
        () -> {
          List<String> found = found(1000);
          return found.size() == ids.length && found.containsAll(List.of(ids));
        });
  }

  private List<String> found(int k) {
    return nodes
        .ask(user, "search", List.of("c"), "{\"vector\":[1,1],\"k\":" + k + "}")
        .path("matches")
        .findValuesAsText("id");
  }

  private long rows(UUID of) {
    return Owners.ALL_SHARDS.stream()
        .mapToLong(
            shard ->
                count(
                    "SELECT count(*) FROM %s.vectors WHERE collection = '%s' AND id <> ''"
                        .formatted(Shards.schema(shard), of)))
        .sum();
  }

  private long count(String sql) {
    return await(nodes.postgres().pool().query(sql).execute()).iterator().next().getLong(0);
  }

  private static String points(String... ids) {
    return java.util.Arrays.stream(ids)
        .map(id -> "{\"id\":\"%s\",\"vector\":[1,%d]}".formatted(id, id.hashCode() % 1000))
        .collect(Collectors.joining(",", "{\"points\":[", "]}"));
  }

  private static String many(int from, int count) {
    return points(
        IntStream.range(from, from + count).mapToObj(i -> "p" + i).toArray(String[]::new));
  }
}
