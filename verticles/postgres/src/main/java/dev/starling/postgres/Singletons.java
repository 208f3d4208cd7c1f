package dev.starling.postgres;

import dev.starling.postgres.FencedWrite.Fenced;
import dev.starling.postgres.FencedWrite.Written;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Turns;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only one node of the cluster does at a time, and whether that is this one.
 *
 * <p>Each singleton is a row in PostgreSQL with its owner, an epoch and an end by the server's
 * clock. Whoever reaches the database can take over when the lease has run out, whatever became of
 * the other nodes; whoever does not reach it is not the owner. See docs/adr/0014-singletons.md.
 *
 * <p>Thread-safe; one for each node and database. The candidates keep it going with timers of their
 * own: it does nothing when there are none.
 */
public final class Singletons {
  private static final Logger log = LoggerFactory.getLogger(Singletons.class);
  private static final String HOME = "home";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  private final Vertx vertx;
  private final Postgres postgres;
  private final OwnershipTable table;
  private final MeterRegistry meters;
  private final Lease lease;
  private final LongSupplier nanoTime;
  private final Turns turns;
  private final Map<String, Seat> seats = new ConcurrentHashMap<>();
  private final Map<Seat, Integer> candidates = new HashMap<>();

  Singletons(
      Vertx vertx,
      Postgres postgres,
      String nodeId,
      MeterRegistry meters,
      Lease lease,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.postgres = postgres;
    this.table = new OwnershipTable(postgres, nodeId);
    this.meters = meters;
    this.lease = lease;
    this.nanoTime = nanoTime;
    this.turns = new Turns(lease.renewal(), nanoTime.getAsLong());
  }

  /** The singletons of a node in its home database; their schema is made when absent. */
  public static Future<Singletons> of(NodeScope node, Vertx vertx) {
    return of(node, vertx, node.resource(Postgres.class), HOME);
  }

  /**
   * Those in a certain database: who cannot reach it is not their owner, and their writes are
   * fenced in the same transaction as what is written there.
   *
   * @param database its name, unique on the node and for good
   */
  public static Future<Singletons> of(
      NodeScope node, Vertx vertx, Postgres postgres, String database) {
    return node.once("singletons:schema:" + database, () -> migrate(postgres))
        .map(
            migrated ->
                node.shared(
                    "singletons:" + database,
                    () ->
                        new Singletons(
                            vertx,
                            postgres,
                            node.nodeId(),
                            node.meters(),
                            Lease.DEFAULT,
                            System::nanoTime)));
  }

  static Future<Migrations.Migrated> migrate(Postgres postgres) {
    return postgres.migrate(
        OwnershipTable.SCHEMA, "classpath:db/singletons", Singletons.class.getClassLoader());
  }

  /**
   * Makes the calling verticle a candidate. When this completes for the first one of a node, and
   * nobody else is the owner and the database could be reached, this node is.
   *
   * @param name for logs, metrics and the table, e.g. {@code users.sweeper}
   */
  public Future<Ownership> join(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "singleton: " + name + " (expected: 1..100 of a-z, 0-9, '.', '_' and '-')");
    }
    Seat seat = seats.computeIfAbsent(name, this::seat);
    synchronized (candidates) {
      candidates.merge(seat, 1, Integer::sum);
    }
    // Of the verticle's context: it ends with the verticle, even one that forgets to leave.
    long timer = vertx.setPeriodic(lease.renewal().toMillis(), tick -> tick());
    Ownership ownership = new Ownership(this, seat, timer);
    return (ownership.term() == null ? claim(List.of(seat)) : Future.<Void>succeededFuture())
        .map(ownership);
  }

  /** Renews what this node owns and claims what nobody does, if it is time; never fails. */
  Future<Void> tick() {
    return turns.take(nowNanos()) ? round() : Future.succeededFuture();
  }

  /** Renews and claims now; never fails. */
  Future<Void> round() {
    List<Seat> wanted = new ArrayList<>();
    Map<Seat, Long> owned = new HashMap<>();
    long now = nowNanos();
    for (Seat seat : standing()) {
      if (seat.lapse(now)) {
        log.warn("{}: not renewed in time, so this node is not the owner any more", seat.name());
      }
      Long epoch = seat.epoch(now);
      if (epoch == null) {
        wanted.add(seat);
      } else {
        owned.put(seat, epoch);
      }
    }
    return Future.join(renew(owned), claim(wanted)).mapEmpty();
  }

  long nowNanos() {
    return nanoTime.getAsLong();
  }

  <T> Future<FencedWrite<T>> write(
      Seat seat, long epoch, Duration limit, Function<SqlConnection, Future<T>> work) {
    Long current = seat.epoch(nowNanos());
    if (current == null || current != epoch) {
      return Future.succeededFuture(fenced(seat, epoch));
    }
    return postgres.transact(
        limit,
        connection ->
            table
                .fence(connection, seat.name(), epoch)
                .compose(
                    runs ->
                        runs
                            ? work.apply(connection).<FencedWrite<T>>map(Written::new)
                            : Future.succeededFuture(fenced(seat, epoch))));
  }

  Future<Void> leave(Seat seat, long timer) {
    vertx.cancelTimer(timer);
    synchronized (candidates) {
      if (candidates.merge(seat, -1, Integer::sum) > 0) {
        return Future.succeededFuture();
      }
      candidates.remove(seat);
    }
    return release(seat);
  }

  private Future<Void> release(Seat seat) {
    Long epoch = seat.epoch(nowNanos());
    if (epoch == null || !seat.end(epoch)) {
      return Future.succeededFuture();
    }
    return table
        .release(seat.name(), epoch, lease.limit())
        .onSuccess(released -> log.info("{}: given up", seat.name()))
        .onFailure(
            failure ->
                log.info(
                    "{}: cannot be given up, so it ends with its lease ({})",
                    seat.name(),
                    failure.getMessage()))
        .otherwiseEmpty();
  }

  private Future<Void> claim(List<Seat> free) {
    long asked = nowNanos();
    List<Seat> wanted = free.stream().filter(seat -> seat.ask(asked, lease.limit())).toList();
    if (wanted.isEmpty()) {
      return Future.succeededFuture();
    }
    return table
        .claim(wanted.stream().map(Seat::name).toList(), lease)
        .onSuccess(
            granted ->
                wanted.forEach(
                    seat -> {
                      Long epoch = granted.get(seat.name());
                      if (epoch != null && seat.begin(epoch, lease.length(), asked)) {
                        log.info("{}: this node is the owner, epoch {}", seat.name(), epoch);
                        releaseUnlessStanding(seat);
                      }
                    }))
        .onFailure(failure -> log.debug("Nothing could be claimed", failure))
        .onComplete(done -> wanted.forEach(Seat::answered))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /** The last candidate may have left while its claim was under way. */
  private void releaseUnlessStanding(Seat seat) {
    if (!standing().contains(seat)) {
      release(seat);
    }
  }

  private Future<Void> renew(Map<Seat, Long> owned) {
    if (owned.isEmpty()) {
      return Future.succeededFuture();
    }
    Map<String, Long> terms = new HashMap<>();
    owned.forEach((seat, epoch) -> terms.put(seat.name(), epoch));
    long asked = nowNanos();
    return table
        .renew(terms, lease)
        .onSuccess(
            renewed ->
                owned.forEach(
                    (seat, epoch) -> {
                      if (epoch.equals(renewed.get(seat.name()))) {
                        seat.renew(epoch, lease.length(), asked);
                      } else {
                        end(seat, epoch);
                      }
                    }))
        .onFailure(failure -> log.debug("Nothing could be renewed", failure))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private <T> FencedWrite<T> fenced(Seat seat, long epoch) {
    seat.countFenced();
    end(seat, epoch);
    return new Fenced<>();
  }

  private void end(Seat seat, long epoch) {
    if (seat.end(epoch)) {
      log.warn("{}: the term of epoch {} is over", seat.name(), epoch);
    }
  }

  private List<Seat> standing() {
    synchronized (candidates) {
      return List.copyOf(candidates.keySet());
    }
  }

  private Seat seat(String name) {
    Seat seat = new Seat(name);
    SingletonMeters.register(seat, meters, nanoTime);
    return seat;
  }
}
