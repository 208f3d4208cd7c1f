package dev.starling.faq;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Text;
import dev.starling.sdk.VectorCollection;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Brings the collection to what the knowledge base has: what is new is stored, what is gone is
 * deleted, the rest is left alone. Confined to one context.
 */
final class PointSync {
  /** Texts that are made vectors of in one call. */
  private static final int CHUNK = 32;

  /** As many as one search lists; see {@link KnowledgeBase#MAX_QUESTIONS}. */
  private static final int ALL = 1_000;

  private final KnowledgeBase base;
  private final VectorCollection points;
  private final Supplier<CallContext> contexts;

  /**
   * @param contexts one for each call, with its deadline
   */
  PointSync(KnowledgeBase base, VectorCollection points, Supplier<CallContext> contexts) {
    this.base = base;
    this.points = points;
    this.contexts = contexts;
  }

  Future<Void> run() {
    return points
        .create(contexts.get())
        .compose(created -> points.some(ALL, "", contexts.get()))
        .compose(this::align);
  }

  private Future<Void> align(Matches stored) {
    if (stored.partial()) {
      return Future.failedFuture(
          new BusException(ErrorCode.UNAVAILABLE, "a part of the collection cannot be searched"));
    }
    Set<String> there = stored.matches().stream().map(Match::id).collect(Collectors.toSet());
    List<Point> missing =
        base.points().entrySet().stream()
            .filter(point -> !there.contains(point.getKey()))
            .map(point -> new Point(point.getKey(), new Text(point.getValue().text()), "{}"))
            .toList();
    List<String> gone = there.stream().filter(id -> base.entry(id) == null).sorted().toList();
    Future<Void> done = Future.succeededFuture();
    for (List<Point> chunk : chunks(missing)) {
      done = done.compose(before -> points.upsert(chunk, contexts.get()));
    }
    return gone.isEmpty() ? done : done.compose(before -> points.delete(gone, contexts.get()));
  }

  private static <T> List<List<T>> chunks(List<T> all) {
    List<List<T>> chunks = new ArrayList<>();
    for (int begin = 0; begin < all.size(); begin += CHUNK) {
      chunks.add(all.subList(begin, Math.min(all.size(), begin + CHUNK)));
    }
    return chunks;
  }
}
