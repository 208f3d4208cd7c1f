package dev.starling.postgres.outbox;

import dev.starling.bus.Address;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.contract.event.EventContract.EventBatch;
import dev.starling.contract.event.EventContract.Receipt;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.event.EventContract.Verdict;
import dev.starling.postgres.SqlFailure;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Takes events and has their effects once, in the shard that they come from.
 *
 * <p>A batch is one transaction: its events are booked in the inbox, and those that are new have
 * their effect. When that fails they are tried one by one, so that one which cannot be done keeps
 * no other from being done. A service serves it:
 *
 * <pre>{@code
 * EventConsumer consumer = new EventConsumer(shards, "points", Set.of("dev.starling.order.placed"), effect);
 * consumer.prepare(node(), "classpath:db/points", getClass().getClassLoader())
 *     .compose(prepared -> serve(consumer.address(), consumer::receive));
 * }</pre>
 *
 * <p>Thread-safe, without state.
 */
public final class EventConsumer {
  /** What is kept of the caller's time for the answer. */
  private static final Duration RESERVE = Duration.ofMillis(50);

  private static final Settled NO_TIME = new Settled(Verdict.LATER, "no time was left for it");

  private final Shards shards;
  private final String name;
  private final Set<String> types;
  private final Effect effect;

  /**
   * @param name the service's
   * @param types of the events that have an effect; others count as done
   */
  public EventConsumer(Shards shards, String name, Set<String> types, Effect effect) {
    Subscriptions.checkName(name);
    this.shards = shards;
    this.name = name;
    this.types = Set.copyOf(types);
    this.effect = effect;
  }

  /** Where it takes events. */
  public Address<EventBatch, Receipt> address() {
    return EventContract.deliver(name);
  }

  /**
   * Makes the tables of the service in every shard and subscribes; once a node does it.
   *
   * @param location {@code classpath:db/<service>}
   */
  public Future<Void> prepare(NodeScope node, String location, ClassLoader classLoader) {
    return Outbox.prepare(node, shards)
        .compose(
            prepared ->
                node.once(
                    name + ":schema",
                    () ->
                        shards
                            .migrate(name, location, classLoader)
                            .compose(migrated -> subscribe())));
  }

  /** Subscribes to its types. */
  public Future<Void> subscribe() {
    return Outbox.subscribe(shards, name, types);
  }

  /**
   * Has the effects of a batch.
   *
   * <p>Fails as {@link ErrorCode#UNAVAILABLE} when the shard's database cannot be reached: that is
   * no fault of the events, and does not count as one.
   */
  public Future<Receipt> receive(EventBatch batch, CallContext context) {
    return together(batch, batch.events(), context)
        .map(done -> receipt(batch, Settled.DONE))
        .recover(
            failure -> {
              if (isAway(failure)) {
                return Future.failedFuture(away(failure));
              }
              return batch.events().size() == 1
                  ? Future.succeededFuture(new Receipt(List.of(settled(failure))))
                  : oneByOne(batch, context);
            });
  }

  private Future<Receipt> oneByOne(EventBatch batch, CallContext context) {
    Promise<Receipt> receipt = Promise.promise();
    alone(batch, context, new ArrayList<>(), receipt);
    return receipt.future();
  }

  /** The next event; a promise, for a chain of futures would be as deep as the batch is long. */
  private void alone(
      EventBatch batch, CallContext context, List<Settled> settled, Promise<Receipt> receipt) {
    List<Event> events = batch.events();
    if (settled.size() < events.size() && left(context).isZero()) {
      settled.addAll(Collections.nCopies(events.size() - settled.size(), NO_TIME));
    }
    if (settled.size() == events.size()) {
      receipt.complete(new Receipt(settled));
      return;
    }
    together(batch, List.of(events.get(settled.size())), context)
        .onComplete(
            done -> {
              if (done.failed() && isAway(done.cause())) {
                receipt.fail(away(done.cause()));
                return;
              }
              settled.add(done.succeeded() ? Settled.DONE : settled(done.cause()));
              alone(batch, context, settled, receipt);
            });
  }

  private Future<Void> together(EventBatch batch, List<Event> events, CallContext context) {
    List<Event> wanted = events.stream().filter(event -> types.contains(event.type())).toList();
    if (wanted.isEmpty()) {
      return Future.succeededFuture();
    }
    int shard = batch.shard();
    return shards.transact(
        shard, left(context), connection -> claimAndApply(connection, shard, wanted));
  }

  private Future<Void> claimAndApply(SqlConnection connection, int shard, List<Event> events) {
    return Inbox.claim(connection, shard, name, events.stream().map(EventConsumer::id).toList())
        .compose(
            claimed -> {
              List<Event> fresh = events.stream().filter(e -> claimed.contains(id(e))).toList();
              return fresh.isEmpty()
                  ? Future.succeededFuture()
                  : effect.apply(connection, shard, fresh);
            });
  }

  private static Duration left(CallContext context) {
    Duration left = context.remaining(System.nanoTime()).minus(RESERVE);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static UUID id(Event event) {
    return UUID.fromString(event.id());
  }

  private static boolean isAway(Throwable failure) {
    return SqlFailure.classify(failure).kind() == SqlFailure.Kind.UNAVAILABLE;
  }

  private static BusException away(Throwable failure) {
    return new BusException(ErrorCode.UNAVAILABLE, SqlFailure.classify(failure).message());
  }

  private static Settled settled(Throwable failure) {
    return new Settled(
        failure instanceof EventRefused ? Verdict.NEVER : Verdict.LATER,
        String.valueOf(failure.getMessage()));
  }

  private static Receipt receipt(EventBatch batch, Settled each) {
    return new Receipt(batch.events().stream().map(event -> each).toList());
  }
}
