package dev.starling.vectors;

import dev.starling.contract.vectors.VectorShardsContract.State;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Turns;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of this node: takes those that are its own and follows them. All instances of the node
 * share it.
 *
 * <p>Thread-safe. The node closes it.
 */
final class LocalShards implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalShards.class);

  /** A node that comes back within it finds its memory as it was. */
  private static final Duration LINGER = Duration.ofSeconds(30);

  private static final Duration POLL_PATIENCE = Duration.ofSeconds(1);

  private final Shards shards;
  private final Owners owners;
  private final PointTable table;
  private final Memory memory;
  private final GraphWorker graphs = new GraphWorker();
  private final Workers changing;
  private final Workers searching;
  private final List<ShardFollower> followers;
  private final ShardAnswers answers;
  private final long[] lostNanos = new long[Shards.COUNT];
  private final Turns polls;
  private List<Integer> owned = List.of();
  private int instances;
  private boolean saidFull;

  LocalShards(
      Vertx vertx,
      Shards shards,
      Owners owners,
      VectorsConfig config,
      long maxUnits,
      VectorMeters meters) {
    this.shards = shards;
    this.owners = owners;
    this.table = new PointTable(shards);
    this.memory = new Memory(maxUnits);
    LocalPoints points = new LocalPoints(config.breadth(), memory, graphs);
    // Each shard has one change under way.
    this.changing = new Workers(vertx, "vectors-change", 1, 2 * Shards.COUNT);
    this.searching =
        new Workers(vertx, "vectors-search", config.searchThreads(), config.maxSearches());
    this.followers =
        Owners.ALL_SHARDS.stream()
            .map(shard -> new ShardFollower(shard, table, points, changing))
            .toList();
    this.answers = new ShardAnswers(vertx, points, followers, searching, meters);
    this.polls = new Turns(config.pollInterval(), System.nanoTime());
    meters.follow(memory, graphs::backlog, this::rebuiltRatio, searching::waiting);
  }

  /** What it answers to those who ask for its shards. */
  ShardAnswers answers() {
    return answers;
  }

  /** An instance begins to beat. */
  synchronized void join() {
    instances++;
  }

  /** An instance beats no more; after the last one the memory is freed. */
  synchronized void leave() {
    if (--instances == 0) {
      owned = List.of();
      followers.forEach(ShardFollower::disown);
      followers.forEach(ShardFollower::forget);
    }
  }

  /**
   * Takes the shards that are this node's now, and looks for what others wrote when it is time to;
   * never fails. To be called several times a second by any instance.
   */
  Future<Void> beat(long nowNanos) {
    List<Integer> mine = own(nowNanos);
    if (!polls.take(nowNanos)) {
      return Future.succeededFuture();
    }
    sayWhetherFull();
    return poll(mine);
  }

  /** Once, until there is room. */
  private synchronized void sayWhetherFull() {
    long full = followers.stream().filter(one -> one.state() == State.FULL).count();
    if (full > 0 && !saidFull) {
      log.error(
          "{} shards have more vectors than there is memory for: {} units of {} are taken"
              + " (expected: a larger vectors.max-points, or more nodes)",
          full,
          memory.used(),
          memory.most());
    }
    saidFull = full > 0;
  }

  private synchronized List<Integer> own(long nowNanos) {
    List<Integer> mine = instances == 0 ? List.of() : owners.own();
    for (int shard : Owners.ALL_SHARDS) {
      ShardFollower follower = followers.get(shard);
      if (mine.contains(shard)) {
        follower.own();
      } else if (owned.contains(shard)) {
        follower.disown();
        lostNanos[shard] = nowNanos;
      } else if (nowNanos - lostNanos[shard] > LINGER.toNanos()) {
        follower.forget();
      }
    }
    if (!mine.equals(owned)) {
      log.info("This node has {} of {} shards of vectors in memory", mine.size(), Shards.COUNT);
      owned = mine;
    }
    return mine;
  }

  private Future<Void> poll(List<Integer> mine) {
    List<Future<?>> looks = new ArrayList<>();
    shards
        .placement()
        .byDatabase()
        .forEach(
            (database, held) -> {
              List<Integer> here = held.stream().filter(mine::contains).toList();
              if (!here.isEmpty()) {
                looks.add(
                    table
                        .lasts(shards.databases().get(database).primary(), here, POLL_PATIENCE)
                        .onSuccess(
                            lasts ->
                                lasts.forEach((shard, last) -> followers.get(shard).seen(last))));
              }
            });
    return Future.join(looks)
        .onFailure(failure -> log.debug("A database cannot be looked at", failure))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /** How much of its shards is in memory; 1 when it has none. */
  private double rebuiltRatio() {
    double rebuilt = 0;
    int mine = 0;
    for (ShardFollower follower : followers) {
      State state = follower.state();
      if (state != State.NOT_HERE) {
        mine++;
        rebuilt += state == State.READY ? 1 : follower.rebuiltPermille() / 1000.0;
      }
    }
    return mine == 0 ? 1 : rebuilt / mine;
  }

  @Override
  public void close() {
    followers.forEach(ShardFollower::close);
    graphs.close();
    searching.close();
    changing.close();
  }
}
