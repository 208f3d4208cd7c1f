package dev.starling.vectors;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.vectors.VectorShardsContract;
import dev.starling.contract.vectors.VectorShardsContract.NotWritten;
import dev.starling.contract.vectors.VectorShardsContract.Put;
import dev.starling.contract.vectors.VectorShardsContract.Reason;
import dev.starling.contract.vectors.VectorShardsContract.Write;
import dev.starling.contract.vectors.VectorShardsContract.Writing;
import dev.starling.vectors.Result.Ok;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends points to the owners of their shards, which write them.
 *
 * <p>Confined to an instance's context.
 */
final class OwnerWrites {
  /** One message, with much room for the rest. */
  private static final int MAX_MESSAGE_BYTES = 512 * 1024;

  private final Bus bus;
  private final Owners owners;

  OwnerWrites(Bus bus, Owners owners) {
    this.bus = bus;
    this.owners = owners;
  }

  /** What goes to one owner, in messages that are not too large. */
  private static final class Parcel {
    final List<Put> puts = new ArrayList<>();
    final List<String> deleted = new ArrayList<>();
    int bytes;
  }

  /** Stores points and deletes others. */
  Future<Result<Ok>> run(
      Collection collection, List<Put> puts, List<String> deleted, CallContext call) {
    return send(collection, puts, deleted, call.withSafeToRetry(true), true)
        .map(
            writing ->
                writing instanceof NotWritten not
                    ? Result.refused(refusal(not.reason()), not.detail())
                    : Result.OK);
  }

  /**
   * Sends points to their owners.
   *
   * @param again whether those of an owner that is lost are sent once more, to who owns them then
   */
  private Future<Writing> send(
      Collection collection,
      List<Put> puts,
      List<String> deleted,
      CallContext call,
      boolean again) {
    List<Future<Writing>> writes = new ArrayList<>();
    parcels(collection, puts, deleted)
        .forEach(
            (node, own) ->
                own.forEach(parcel -> writes.add(send(node, collection, parcel, call, again))));
    return Future.join(writes)
        .map(all -> ShardAnswers.together(writes.stream().map(Future::result).toList()));
  }

  private Future<Writing> send(
      String node, Collection collection, Parcel parcel, CallContext call, boolean again) {
    Write request =
        new Write(collection.id().toString(), collection.metric(), parcel.puts, parcel.deleted);
    return bus.call(VectorShardsContract.write(node), request, call)
        .recover(
            failure -> {
              if (!(failure instanceof BusException known)
                  || known.code() == ErrorCode.INVALID_ARGUMENT) {
                return Future.failedFuture(failure);
              }
              Reason reason = known.code().notExecuted() ? Reason.NOT_EXECUTED : Reason.UNKNOWN;
              return again && Owners.isLost(failure) && !call.isExpired(System.nanoTime())
                  ? send(collection, parcel.puts, parcel.deleted, call, false)
                      .map(second -> after(reason, second))
                  : Future.succeededFuture(
                      new NotWritten(reason, "a node with its shards did not answer"));
            });
  }

  /** A second attempt that was not executed says nothing about the first. */
  private static Writing after(Reason first, Writing second) {
    return first == Reason.UNKNOWN
            && second instanceof NotWritten not
            && not.reason() == Reason.NOT_EXECUTED
        ? new NotWritten(Reason.UNKNOWN, not.detail())
        : second;
  }

  private Map<String, List<Parcel>> parcels(
      Collection collection, List<Put> puts, List<String> deleted) {
    Map<String, List<Parcel>> parcels = new LinkedHashMap<>();
    for (Put put : puts) {
      int bytes =
          put.vector().length * Float.BYTES
              + Utf8.length(put.id())
              + Utf8.length(put.attributes())
              + Long.BYTES;
      parcel(parcels, collection, put.id(), bytes).puts.add(put);
    }
    for (String id : deleted) {
      parcel(parcels, collection, id, Utf8.length(id) + Long.BYTES).deleted.add(id);
    }
    return parcels;
  }

  private static Refusal refusal(Reason reason) {
    return switch (reason) {
      case GONE -> Refusal.ABSENT;
      case NOT_EXECUTED -> Refusal.NOT_EXECUTED;
      case UNKNOWN -> Refusal.UNKNOWN_OUTCOME;
    };
  }

  private Parcel parcel(
      Map<String, List<Parcel>> parcels, Collection collection, String id, int bytes) {
    String owner = owners.of(PointShards.of(collection.id(), id));
    List<Parcel> own = parcels.computeIfAbsent(owner, first -> new ArrayList<>());
    Parcel last = own.isEmpty() ? null : own.get(own.size() - 1);
    if (last == null || last.bytes + bytes > MAX_MESSAGE_BYTES) {
      last = new Parcel();
      own.add(last);
    }
    last.bytes += bytes;
    return last;
  }
}
