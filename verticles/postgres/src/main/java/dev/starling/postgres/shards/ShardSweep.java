package dev.starling.postgres.shards;

import dev.starling.postgres.Candidacy;
import dev.starling.postgres.Ownership;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.Singletons;
import dev.starling.postgres.Term;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through the shards of one database once an interval, to delete what is old and the like, a
 * bounded number of rows at a time.
 *
 * <p>Thread-safe; shared by the instances of a node. Only the node that owns the {@link #singleton}
 * of the database does it, with statements that are refused when it no longer is. A shard that
 * cannot be swept is left for the next time.
 */
public final class ShardSweep {
  private static final Logger log = LoggerFactory.getLogger(ShardSweep.class);

  private final String name;
  private final String database;
  private final Shards shards;
  private final LongSupplier nanoTime;
  private final Turns turns;
  private final Work work;

  /** What is done in a shard. */
  @FunctionalInterface
  public interface Work {
    Future<?> sweep(Term term, int shard);
  }

  /**
   * How much one sweep does in a shard at most.
   *
   * @param limit of each statement
   * @param rows per statement, so that no lock is held for long
   */
  public record Bound(Duration limit, int rows, int statements) {}

  /**
   * @param name of the work, unique among all singletons
   * @param database its name
   */
  public ShardSweep(
      String name,
      String database,
      Shards shards,
      Duration interval,
      LongSupplier nanoTime,
      Work work) {
    this.name = name;
    this.database = database;
    this.shards = shards;
    this.nanoTime = nanoTime;
    this.turns = new Turns(interval, nanoTime.getAsLong());
    this.work = work;
  }

  /** Makes an instance a candidate, which is to tick once an interval. */
  public Candidacy candidacy(NodeScope node, Vertx vertx) {
    return new Candidacy(() -> join(node, vertx), this::tick);
  }

  /** Sweeps now, one shard after the other; never fails. */
  public Future<Void> sweep(Term term) {
    return sweep(term, shards.placement().in(database).iterator());
  }

  /**
   * Runs a statement until it concerns fewer rows than it could, or often enough.
   *
   * @param sql concerns {@code bound.rows()} rows at most
   * @return how many rows in all
   */
  public static Future<Integer> repeat(Term term, Bound bound, String sql, Tuple arguments) {
    return repeat(term, bound, sql, arguments, bound.statements);
  }

  private static Future<Integer> repeat(
      Term term, Bound bound, String sql, Tuple arguments, int left) {
    return term.write(
            bound.limit,
            connection ->
                connection.preparedQuery(sql).execute(arguments).map(rows -> rows.rowCount()))
        .map(write -> write.orElse(0))
        .compose(
            rows ->
                rows < bound.rows || left <= 1
                    ? Future.succeededFuture(rows)
                    : repeat(term, bound, sql, arguments, left - 1).map(more -> rows + more));
  }

  private Future<Ownership> join(NodeScope node, Vertx vertx) {
    Postgres primary = Objects.requireNonNull(shards.databases().get(database)).primary();
    return primary
        .check()
        .compose(there -> Singletons.of(node, vertx, primary, database))
        .compose(singletons -> singletons.join(singleton()));
  }

  /** Who may sweep the database; a name for each, since a node shows all of them. */
  private String singleton() {
    return database.equals(ShardDatabaseConfig.HOME) ? name : name + "." + database;
  }

  /** Sweeps if this is the node to do it and no instance of it has for an interval. */
  private Future<Void> tick(Ownership ownership) {
    if (!turns.take(nanoTime.getAsLong())) {
      return Future.succeededFuture();
    }
    Term term = ownership.term();
    return term == null ? Future.succeededFuture() : sweep(term);
  }

  private Future<Void> sweep(Term term, Iterator<Integer> left) {
    if (!left.hasNext()) {
      return Future.succeededFuture();
    }
    int shard = left.next();
    return work.sweep(term, shard)
        .onFailure(
            failure ->
                log.info("{}: shard {} is left for now: {}", name, shard, failure.getMessage()))
        .transform(done -> sweep(term, left));
  }
}
