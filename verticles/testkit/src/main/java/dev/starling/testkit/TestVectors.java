package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.Bus;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Content;
import dev.starling.contract.vectors.VectorsContract.Create;
import dev.starling.contract.vectors.VectorsContract.Delete;
import dev.starling.contract.vectors.VectorsContract.Done;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.contract.vectors.VectorsContract.Refused;
import dev.starling.contract.vectors.VectorsContract.Reply;
import dev.starling.contract.vectors.VectorsContract.Search;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.contract.vectors.VectorsContract.Upsert;
import dev.starling.contract.vectors.VectorsContract.Vector;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps collections in memory and searches all of their points, for tests of services that own
 * collections: the contract without its database and its models.
 *
 * <p>Used from the test's thread; what it serves runs on the test node's caller.
 */
public final class TestVectors implements AutoCloseable {
  private final TestNode node;
  private final Function<String, float[]> embedding;
  private final Map<String, Map<String, Stored>> collections = new TreeMap<>();
  private final List<String> upserted = new ArrayList<>();
  private final List<String> deleted = new ArrayList<>();
  private final List<Bus.Registration> serving = new ArrayList<>();
  private @Nullable Reply answer;
  private boolean partial;

  private record Stored(float[] vector, String attributes) {}

  /**
   * Serves nothing yet.
   *
   * @param embedding makes a vector of a text
   */
  public TestVectors(TestNode node, Function<String, float[]> embedding) {
    this.node = node;
    this.embedding = embedding;
  }

  /** Words of a text, each in a place of its own out of so many: alike is what shares words. */
  public static Function<String, float[]> words(int dimension) {
    return text -> {
      float[] vector = new float[dimension];
      for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")) {
        vector[Math.floorMod(word.hashCode(), dimension)] += 1;
      }
      return vector;
    };
  }

  public synchronized void serve() {
    serving.add(
        await(
            node.onCaller(
                bus -> bus.serve(VectorsContract.CREATE, (ask, call) -> reply(create(ask))))));
    serving.add(
        await(
            node.onCaller(
                bus -> bus.serve(VectorsContract.UPSERT, (ask, call) -> reply(upsert(ask))))));
    serving.add(
        await(
            node.onCaller(
                bus -> bus.serve(VectorsContract.DELETE, (ask, call) -> reply(delete(ask))))));
    serving.add(
        await(
            node.onCaller(
                bus -> bus.serve(VectorsContract.SEARCH, (ask, call) -> reply(search(ask))))));
  }

  @Override
  public void close() {
    serving.forEach(registration -> await(registration.close()));
    serving.clear();
  }

  /** Whatever it is asked, it answers this; null for what is right. */
  public synchronized void answer(@Nullable Reply always) {
    answer = always;
  }

  /** Whether searches say that something was left out. */
  public synchronized void partial(boolean now) {
    partial = now;
  }

  /** The ids of the points of a collection, sorted. */
  public synchronized List<String> ids(String owner, String collection) {
    return List.copyOf(collections.getOrDefault(owner + "/" + collection, Map.of()).keySet());
  }

  /** The ids that were stored since this was asked last, in order. */
  public synchronized List<String> upserted() {
    List<String> since = List.copyOf(upserted);
    upserted.clear();
    return since;
  }

  /** The ids that were deleted since this was asked last, in order. */
  public synchronized List<String> deleted() {
    List<String> since = List.copyOf(deleted);
    deleted.clear();
    return since;
  }

  /** Forgets a collection. */
  public synchronized void drop(String owner, String collection) {
    collections.remove(owner + "/" + collection);
  }

  private synchronized Future<Reply> reply(Reply right) {
    return Future.succeededFuture(answer == null ? right : answer);
  }

  private synchronized Reply create(Create request) {
    if (answer == null) {
      collections.computeIfAbsent(
          request.owner() + "/" + request.collection(), absent -> new TreeMap<>());
    }
    return new Done();
  }

  private synchronized Reply upsert(Upsert request) {
    Map<String, Stored> points = collections.get(request.owner() + "/" + request.collection());
    if (points == null) {
      return new Refused(Reason.ABSENT, "there is no such collection");
    }
    if (answer == null) {
      for (Point point : request.points()) {
        points.put(point.id(), new Stored(vector(point.content()), point.attributes()));
        upserted.add(point.id());
      }
    }
    return new Done();
  }

  private synchronized Reply delete(Delete request) {
    Map<String, Stored> points = collections.get(request.owner() + "/" + request.collection());
    if (points == null) {
      return new Refused(Reason.ABSENT, "there is no such collection");
    }
    for (String id : request.ids()) {
      points.remove(id);
      deleted.add(id);
    }
    return new Done();
  }

  private synchronized Reply search(Search request) {
    Map<String, Stored> points = collections.get(request.owner() + "/" + request.collection());
    if (points == null) {
      return new Refused(Reason.ABSENT, "there is no such collection");
    }
    float[] wanted = vector(request.content());
    List<Match> matches = new ArrayList<>();
    points.forEach(
        (id, stored) -> {
          if (passes(stored.attributes(), request.filter())) {
            matches.add(new Match(id, cosine(wanted, stored.vector()), stored.attributes()));
          }
        });
    matches.sort(Comparator.comparingDouble(Match::score).reversed());
    return new Matches(matches.subList(0, Math.min(request.k(), matches.size())), partial);
  }

  private float[] vector(Content content) {
    return content instanceof Vector vector
        ? vector.values()
        : embedding.apply(((Text) content).text());
  }

  private static boolean passes(String attributes, String filter) {
    if (filter.isEmpty()) {
      return true;
    }
    JsonNode has = json(attributes);
    return json(filter).properties().stream()
        .allMatch(
            wanted ->
                wanted.getValue().isArray()
                    ? StreamSupport.stream(wanted.getValue().spliterator(), false)
                        .anyMatch(one -> one.equals(has.path(wanted.getKey())))
                    : wanted.getValue().equals(has.path(wanted.getKey())));
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      ofA += a[i] * a[i];
      ofB += b[i] * b[i];
    }
    return ofA == 0 || ofB == 0 ? 0 : dot / Math.sqrt(ofA * ofB);
  }
}
