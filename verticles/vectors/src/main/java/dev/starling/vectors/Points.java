package dev.starling.vectors;

import dev.starling.bus.CallContext;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.vectors.Result.Ok;
import dev.starling.vectors.index.Filter;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What keeps the points of collections and finds them. What is given has been checked.
 *
 * <p>Confined to an instance's context. Futures end by the call's deadline, and fail only for what
 * was not foreseen, and with what the bus says.
 */
interface Points {

  /** Stores points in place of those that have their ids. */
  Future<Result<Ok>> put(Collection collection, List<Put> points, CallContext call);

  Future<Result<Ok>> delete(Collection collection, List<String> ids, CallContext call);

  /** The point with this id, as it was stored. */
  Future<Result<Optional<Put>>> find(Collection collection, String id, CallContext call);

  Future<Result<Matches>> search(Collection collection, Wanted wanted, CallContext call);

  /** How the collection stands on the nodes that have parts of it. */
  Future<Result<CollectionState>> state(Collection collection, CallContext call);

  /** Removes all points of a collection that was deleted, at some time; never fails. */
  void remove(Collection collection);

  /** Why a collection like this cannot be kept; empty when it can. */
  default String objection(Collection wanted) {
    return "";
  }

  /**
   * What is searched for.
   *
   * @param vector of the collection's dimension; nobody writes to it
   * @param exact whether every point is compared
   */
  // Nobody compares these.
  @SuppressWarnings("ArrayRecordComponent")
  record Wanted(float[] vector, int k, Filter filter, boolean exact) {}
}
