package dev.starling.sdk;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Content;
import dev.starling.contract.vectors.VectorsContract.Create;
import dev.starling.contract.vectors.VectorsContract.Delete;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Metric;
import dev.starling.contract.vectors.VectorsContract.Point;
import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.contract.vectors.VectorsContract.Refused;
import dev.starling.contract.vectors.VectorsContract.Reply;
import dev.starling.contract.vectors.VectorsContract.Search;
import dev.starling.contract.vectors.VectorsContract.Upsert;
import dev.starling.contract.vectors.VectorsContract.Vector;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/**
 * A collection of vectors that a service owns, searched by the cosine: {@link VectorsContract} for
 * one owner and name.
 *
 * <p>Confined to the context of its bus. Futures fail with a {@link BusException}, {@code
 * UNAVAILABLE} also for what was refused as not executed, and with {@link VectorsRefused} for the
 * other refusals.
 */
public final class VectorCollection {
  private final Bus bus;
  private final String owner;
  private final String name;
  private final int dimension;

  /**
   * Makes nothing yet.
   *
   * @param owner the service's own id, for good
   * @param dimension of the vectors, which is that of the embedding model for texts
   */
  public VectorCollection(Bus bus, UUID owner, String name, int dimension) {
    this.bus = bus;
    this.owner = owner.toString();
    this.name = name;
    this.dimension = dimension;
  }

  /** Makes it, or finds it as it should be. */
  public Future<Void> create(CallContext context) {
    Create request = new Create(owner, name, dimension, Metric.COSINE);
    return bus.call(VectorsContract.CREATE, request, context)
        .map(VectorCollection::done)
        .mapEmpty();
  }

  /**
   * @param points at most 1,000, each id once
   */
  public Future<Void> upsert(List<Point> points, CallContext context) {
    return bus.call(VectorsContract.UPSERT, new Upsert(owner, name, points), context)
        .map(VectorCollection::done)
        .mapEmpty();
  }

  public Future<Void> delete(List<String> ids, CallContext context) {
    return bus.call(VectorsContract.DELETE, new Delete(owner, name, ids), context)
        .map(VectorCollection::done)
        .mapEmpty();
  }

  /**
   * The nearest points.
   *
   * @param k 1 to 1,000
   * @param filter a JSON object of attributes and what they must be; empty for none
   */
  public Future<Matches> search(Content content, int k, String filter, CallContext context) {
    return bus.call(VectorsContract.SEARCH, new Search(owner, name, content, k, filter), context)
        .map(reply -> (Matches) done(reply));
  }

  /**
   * Points in no useful order, for who wants to know which there are: those nearest to anything.
   * All that pass the filter, when they are at most {@code k}. No model is asked.
   */
  public Future<Matches> some(int k, String filter, CallContext context) {
    float[] anything = new float[dimension];
    anything[0] = 1;
    return search(new Vector(anything), k, filter, context);
  }

  private static Reply done(Reply reply) {
    if (reply instanceof Refused refused) {
      throw refused.reason() == Reason.NOT_EXECUTED
          ? new BusException(ErrorCode.UNAVAILABLE, refused.detail())
          : new VectorsRefused(refused);
    }
    return reply;
  }
}
