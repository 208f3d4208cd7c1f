package dev.starling.users;

import static dev.starling.testkit.TestNode.await;

import com.sun.management.ThreadMXBean;
import dev.starling.contract.operation.OperationReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
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
      users.sql(
          """
          INSERT INTO users.users (id, email, email_key, name, created_at)
          SELECT gen_random_uuid(), 'user' || n || '@example.org', 'user' || n || '@example.org',
            'User ' || n, '2026-01-01Z'::timestamptz + n * interval '1 second'
          FROM generate_series(1, %d) AS n"""
              .formatted(count));
      Context context = users.node.vertx().getOrCreateContext();
      ProfileCache profiles =
          new ProfileCache(
              new UserStore(users.postgres),
              UsersConfig.defaults(),
              new SimpleMeterRegistry(),
              System::nanoTime);
      await(on(context, () -> profiles.feed().look()));
      users.node.vertx().setPeriodic(200, tick -> profiles.feed().look());
      List<String> ids = new ArrayList<>();
      for (var row : users.sql("SELECT id FROM users.users")) {
        ids.add(row.getUUID(0).toString());
        await(on(context, () -> profiles.load(row.getUUID(0), users.node.anonymous(), context)));
      }
      measure("one user", ids.subList(0, 1), profiles);
      measure(count + " users, random", ids, profiles);
      profiles.feed().release();
    }
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
