package dev.starling.users;

import static dev.starling.testkit.TestNode.await;

import com.sun.management.ThreadMXBean;
import dev.starling.contract.operation.OperationReply;
import dev.starling.postgres.shards.ShardDatabaseConfig;
import dev.starling.postgres.shards.Shards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures the processor time of a profile read that the near-cache answers, up to the message that
 * goes onto the bus; run by hand, never by the suite.
 *
 * <p>It is a rough figure from one JVM, not a benchmark: warmed up, then measured in rounds of
 * which the median and the fastest are printed. Argument: the number of users, 10,000 unless given.
 */
final class ProfileReadMeasurement {
  private static final int READS = 2_000_000;
  private static final int ROUNDS = 9;

  private ProfileReadMeasurement() {}

  public static void main(String[] args) {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    try (UsersNode users = new UsersNode()) {
      List<String> ids = insert(users, count);
      Context context = users.node.vertx().getOrCreateContext();
      ProfileCache profiles =
          new ProfileCache(
              new UserStore(users.shards),
              users.shards,
              UsersConfig.defaults(),
              new SimpleMeterRegistry(),
              System::nanoTime);
      ChangeFeed feed = profiles.feeds().get(ShardDatabaseConfig.HOME);
      await(on(context, feed::look));
      users.node.vertx().setPeriodic(200, tick -> feed.look());
      for (String id : ids) {
        await(
            on(context, () -> profiles.load(UUID.fromString(id), users.node.anonymous(), context)));
      }
      measure("one user", ids.subList(0, 1), profiles);
      measure(count + " users, random", ids, profiles);
      feed.release();
    }
  }

  /** Users of all shards, one statement for each shard, and gives their ids. */
  private static List<String> insert(UsersNode users, int count) {
    Map<Integer, List<String>> rows = new TreeMap<>();
    List<String> ids = new ArrayList<>(count);
    for (int n = 0; n < count; n++) {
      UUID id = UUID.randomUUID();
      ids.add(id.toString());
      rows.computeIfAbsent(Shards.of(id), shard -> new ArrayList<>())
          .add(
              "('%s', 'u%d@example.org', 'u%d@example.org', 'User', '2026-01-01Z')"
                  .formatted(id, n, n));
    }
    rows.forEach(
        (shard, values) ->
            users.sql(
                "INSERT INTO %s.users (id, email, email_key, name, created_at) VALUES %s"
                    .formatted(Shards.schema(shard), String.join(",", values))));
    return ids;
  }

  private static void measure(String name, List<String> ids, ProfileCache profiles) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    String[] order = new String[READS];
    Random random = new Random(1);
    Arrays.setAll(order, i -> ids.get(random.nextInt(ids.size())));
    double[] nanos = new double[ROUNDS];
    double bytes = 0;
    long bypassed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long started = threads.getCurrentThreadCpuTime();
      for (String id : order) {
        if (read(profiles, id) == null) {
          bypassed++;
        }
      }
      nanos[round] = (threads.getCurrentThreadCpuTime() - started) / (double) READS;
      bytes = (threads.getCurrentThreadAllocatedBytes() - allocated) / (double) READS;
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%s: median %.0f ns, fastest %.0f ns, %.0f bytes allocated, %d reads not from memory%n",
        name,
        nanos[ROUNDS / 2],
        nanos[0],
        bytes,
        bypassed);
  }

  private static @Nullable OperationReply read(ProfileCache profiles, String id) {
    CachedUser cached = profiles.cached(id);
    return cached == null ? null : cached.reply().toMessage();
  }

  private static <T> Future<T> on(Context context, Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(now -> work.get().onComplete(done));
    return done.future();
  }
}
