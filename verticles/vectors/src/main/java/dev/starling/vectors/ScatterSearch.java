package dev.starling.vectors;

import dev.starling.bus.Bus;
import dev.starling.bus.CallContext;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract;
import dev.starling.contract.vectors.VectorShardsContract.Finding;
import dev.starling.contract.vectors.VectorShardsContract.Found;
import dev.starling.contract.vectors.VectorShardsContract.Search;
import dev.starling.contract.vectors.VectorShardsContract.TooMuch;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.vectors.Points.Wanted;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches all owners at once, each its shards, and gathers the best.
 *
 * <p>Confined to an instance's context.
 */
final class ScatterSearch {
  /** The best first; of two that are as good the lower id, as everywhere. */
  private static final Comparator<Match> BEST_FIRST =
      Comparator.comparingDouble(Match::score).reversed().thenComparing(Match::id);

  private final Bus bus;
  private final Owners owners;
  private final VectorMeters meters;

  ScatterSearch(Bus bus, Owners owners, VectorMeters meters) {
    this.bus = bus;
    this.owners = owners;
    this.meters = meters;
  }

  /** What is found by the call's deadline. */
  Future<Result<Matches>> run(Collection collection, Wanted wanted, CallContext call) {
    Gathered gathered = new Gathered();
    return scatter(Owners.ALL_SHARDS, collection, wanted, gathered, call)
        .compose(
            once -> {
              List<Integer> again = gathered.takeLost(owners);
              return again.isEmpty()
                  ? Future.succeededFuture()
                  : scatter(again, collection, wanted, gathered, call);
            })
        .map(all -> answer(gathered, wanted.k()));
  }

  /** What owners have answered. */
  private static final class Gathered {
    private final Map<String, Match> byId = new HashMap<>();
    private final Set<String> lostNodes = new HashSet<>();
    private List<Integer> lost = new ArrayList<>();
    private boolean answered;
    private boolean partial;
    private @Nullable TooMuch tooMuch;

    void add(Finding finding) {
      answered = true;
      if (finding instanceof Found found) {
        partial |= !found.incomplete().isEmpty();
        // A shard that changes hands may be searched twice.
        found.matches().forEach(match -> byId.merge(match.id(), match, Gathered::better));
      } else if (finding instanceof TooMuch more) {
        tooMuch = more;
      }
    }

    private static Match better(Match one, Match other) {
      return BEST_FIRST.compare(one, other) <= 0 ? one : other;
    }

    void failed(String node, List<Integer> shards, Throwable failure) {
      if (Owners.isLost(failure)) {
        lostNodes.add(node);
        lost.addAll(shards);
      } else {
        partial = true;
      }
    }

    /** Shards whose owner was lost and that have another one now. */
    List<Integer> takeLost(Owners owners) {
      List<Integer> again =
          lost.stream().filter(shard -> !lostNodes.contains(owners.of(shard))).toList();
      partial |= again.size() < lost.size();
      lost = new ArrayList<>();
      return again;
    }
  }

  private Future<?> scatter(
      List<Integer> shards,
      Collection collection,
      Wanted wanted,
      Gathered gathered,
      CallContext call) {
    List<Future<?>> answers = new ArrayList<>();
    owners
        .of(shards)
        .forEach(
            (node, own) -> {
              Search request =
                  new Search(
                      collection.id().toString(),
                      collection.metric(),
                      own,
                      wanted.vector(),
                      wanted.k(),
                      wanted.filter().json(),
                      wanted.exact());
              answers.add(
                  bus.call(VectorShardsContract.search(node), request, call)
                      .onSuccess(gathered::add)
                      .onFailure(failure -> gathered.failed(node, own, failure)));
            });
    return Future.join(answers).otherwiseEmpty();
  }

  private Result<Matches> answer(Gathered gathered, int k) {
    TooMuch more = gathered.tooMuch;
    if (more != null) {
      return tooMuch(more.bytes());
    }
    if (!gathered.answered) {
      return Result.refused(Refusal.NOT_EXECUTED, "no node with its shards answered in time");
    }
    List<Match> best = gathered.byId.values().stream().sorted(BEST_FIRST).limit(k).toList();
    int bytes = ShardAnswers.bytes(best);
    if (bytes > ShardAnswers.MAX_FOUND_BYTES) {
      return tooMuch(bytes);
    }
    boolean partial = gathered.partial || !gathered.lost.isEmpty();
    if (partial) {
      meters.partial();
    }
    return Result.done(new Matches(best, partial));
  }

  static Result<Matches> tooMuch(int bytes) {
    return Result.refused(
        Refusal.INVALID,
        "the points that were found have %d bytes (expected: at most %d; ask for a smaller k)"
            .formatted(bytes, ShardAnswers.MAX_FOUND_BYTES));
  }
}
