package dev.starling.vectors.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.vectors.index.PointIndex.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PointIndexTest {
  private static final int BREADTH = 64;
  private static final int K = 10;

  private final Samples samples = new Samples(7, 40);
  private final PointIndex index = new PointIndex(Similarity.COSINE, BREADTH);

  @Test
  void put_beforeAnyGraph_isFound() {
    List<IndexedPoint> points = put(samples.points(2000));
    float[] query = samples.vector();

    assertThat(ids(search(query, Filter.NONE))).isEqualTo(Samples.nearest(points, query, K));
  }

  @Test
  void search_pointsInTheGraph_findsNearlyAllOfTheNearest() {
    List<IndexedPoint> points = put(samples.points(3000));
    finish();

    assertThat(index.ungraphed()).isZero();
    assertThat(recall(points, false)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void search_exact_findsTheNearestWhateverTheGraphSays() {
    List<IndexedPoint> points = put(samples.points(3000));
    finish();

    assertThat(recall(points, true)).isEqualTo(1.0);
  }

  @Test
  void search_halfInTheGraph_findsThoseThatWaitToo() {
    put(samples.points(3000));
    finish();
    float[] query = samples.vector();
    put(List.of(Samples.point("new", 0, query, "")));

    assertThat(index.ungraphed()).isEqualTo(1);
    assertThat(search(query, Filter.NONE).get(0).point().id()).isEqualTo("new");
  }

  @Test
  void search_pointsThatAreAllTheSame_findsAsManyAsAreWanted() {
    float[] same = samples.vector();
    List<IndexedPoint> points = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      points.add(Samples.point("p" + i, 0, same, ""));
    }
    put(points);
    finish();

    assertThat(search(same, Filter.NONE)).hasSize(K);
  }

  @Test
  void put_idThatIsThere_isFoundAtItsNewPlaceOnly() {
    put(samples.points(1000));
    finish();
    float[] before = index(0);
    float[] after = negative(before);
    put(List.of(Samples.point("p0", 0, after, "")));

    assertThat(index.points()).isEqualTo(1000);
    assertThat(search(after, Filter.NONE).get(0).point().id()).isEqualTo("p0");
    assertThat(ids(search(before, Filter.NONE))).doesNotContain("p0");
  }

  @Test
  void remove_pointInTheGraph_isFoundNoMore() {
    put(samples.points(1000));
    finish();
    float[] query = index(3);

    index.apply(List.of(new Change.Remove("p3"), new Change.Remove("no such point")));

    assertThat(ids(search(query, Filter.NONE))).doesNotContain("p3").hasSize(K);
    assertThat(index.points()).isEqualTo(999);
  }

  @Test
  void remove_most_leavesAnIndexOfTheOthersThatFindsThem() {
    List<IndexedPoint> points = put(samples.points(3000));
    finish();
    List<Change> removals = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      removals.add(new Change.Remove("p" + i));
    }
    long freed = index.apply(removals);
    // What changes while another graph is being made is in it at last.
    index.work(1);
    index.apply(List.of(new Change.Remove("p2999")));
    float[] added = samples.vector();
    put(List.of(Samples.point("added", 5, added, "")));
    finish();

    List<IndexedPoint> left = new ArrayList<>(points.subList(2000, 2999));
    left.add(Samples.point("added", 5, added, ""));
    assertThat(freed).isEqualTo(-2000);
    assertThat(index.points()).isEqualTo(1000);
    assertThat(index.ungraphed()).isZero();
    assertThat(search(added, Filter.NONE).get(0).point().id()).isEqualTo("added");
    assertThat(recall(left, false)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void drop_ofAShard_takesItsPointsAndNoOthers() {
    put(samples.points(640));

    index.apply(List.of(new Change.Drop(4)));

    assertThat(index.points(4)).isZero();
    assertThat(index.points(5)).isEqualTo(20);
    assertThat(index.points()).isEqualTo(620);
  }

  @Test
  void search_someShards_findsTheirPointsOnlyInGraphAndScan() {
    put(samples.points(3000));
    finish();
    put(List.of(Samples.point("new4", 4, samples.vector(), "")));
    float[] query = samples.vector();

    for (boolean exact : List.of(true, false)) {
      Best best = new Best(500);
      index.search(new Query(query, 500, Filter.NONE, 1 << 4, exact), best);

      assertThat(best.hits()).hasSize(95).allMatch(hit -> hit.point().shard() == 4);
    }
  }

  @Test
  void search_filterThatFewMeet_findsThem() {
    put(samples.points(3000));
    finish();

    assertThat(ids(search(samples.vector(), filter("{\"n\":[17,2999,70000]}"))))
        .containsExactlyInAnyOrder("p17", "p2999");
  }

  @Test
  void search_filterThatHalfMeets_findsAsManyAsAreWantedOfThem() {
    List<IndexedPoint> points = put(samples.points(3000));
    finish();
    List<IndexedPoint> even = points.stream().filter(point -> number(point) % 2 == 0).toList();
    int found = 0;
    for (int i = 0; i < 50; i++) {
      float[] query = samples.vector();
      List<Best.Hit> hits = search(query, filter("{\"even\":true}"));
      assertThat(hits).hasSize(K).allMatch(hit -> number(hit.point()) % 2 == 0);
      Set<String> right = ids(hits);
      right.retainAll(Samples.nearest(even, query, K));
      found += right.size();
    }

    assertThat(found / (50.0 * K)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void search_filterOfPointsThatWereRemoved_findsNothing() {
    put(samples.points(1000));
    index.apply(List.of(new Change.Remove("p17")));

    assertThat(search(samples.vector(), filter("{\"n\":17}"))).isEmpty();
  }

  private List<IndexedPoint> put(List<IndexedPoint> points) {
    index.apply(points.stream().<Change>map(Change.Put::new).toList());
    return points;
  }

  private void finish() {
    while (index.work(100)) {
      // It ends when everything is in the graph.
    }
  }

  private float[] index(int number) {
    return search(samples.vector(), filter("{\"n\":" + number + "}")).get(0).point().vector();
  }

  private double recall(List<IndexedPoint> points, boolean exact) {
    int found = 0;
    for (int i = 0; i < 50; i++) {
      float[] query = samples.vector();
      Best best = new Best(K);
      index.search(new Query(query, K, Filter.NONE, Query.ALL_SHARDS, exact), best);
      Set<String> right = ids(best.hits());
      right.retainAll(Samples.nearest(points, query, K));
      found += right.size();
    }
    return found / (50.0 * K);
  }

  private List<Best.Hit> search(float[] query, Filter filter) {
    Best best = new Best(K);
    index.search(new Query(query, K, filter, Query.ALL_SHARDS, false), best);
    return best.hits();
  }

  private static Set<String> ids(List<Best.Hit> hits) {
    Set<String> ids = new HashSet<>();
    hits.forEach(hit -> ids.add(hit.point().id()));
    return ids;
  }

  private static Filter filter(String json) {
    return ((Checked.Valid<Filter>) Filter.parse(json)).value();
  }

  private static int number(IndexedPoint point) {
    return Integer.parseInt(point.id().substring(1));
  }

  private static float[] negative(float[] vector) {
    float[] other = vector.clone();
    for (int i = 0; i < other.length; i++) {
      other[i] = -other[i];
    }
    return other;
  }
}
