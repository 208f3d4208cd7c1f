package dev.starling.postgres.shards;

import dev.starling.postgres.EmbeddedPostgres;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Measures what the schemas of 32 shards cost a node that starts, for the first time and again.
 *
 * <p>Run by hand, on a machine that is quiet: {@code ShardStart [services]}.
 */
final class ShardStart {
  private static final int TIMES = 3;

  /** What a service of some size has: five tables, seven indexes. */
  private static final String TABLES =
      """
      CREATE TABLE ${shard}.%1$s_a (id uuid PRIMARY KEY, owner uuid NOT NULL, body text NOT NULL);
      CREATE INDEX %1$s_a_by_owner ON ${shard}.%1$s_a (owner, id);
      CREATE TABLE ${shard}.%1$s_b (id uuid PRIMARY KEY, amount bigint NOT NULL CHECK (amount > 0));
      CREATE TABLE ${shard}.%1$s_c (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz);
      CREATE INDEX %1$s_c_by_time ON ${shard}.%1$s_c (at);
      CREATE TABLE ${shard}.%1$s_d (a uuid, b uuid, PRIMARY KEY (a, b));
      CREATE TABLE ${shard}.%1$s_e (id uuid PRIMARY KEY, a uuid REFERENCES ${shard}.%1$s_a);
      """;

  private ShardStart() {}

  private static URLClassLoader migrations(Path root, int services) throws IOException {
    for (int service = 0; service < services; service++) {
      Path folder = Files.createDirectories(root.resolve("db").resolve("service-" + service));
      Files.writeString(folder.resolve("V1__tables.sql"), TABLES.formatted("s" + service));
    }
    return new URLClassLoader(new URL[] {root.toUri().toURL()});
  }

  public static void main(String[] arguments) throws Exception {
    int services = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 6;
    Path directory = Files.createTempDirectory("starling-shard-start-");
    Vertx vertx = Vertx.vertx();
    try (URLClassLoader files = migrations(directory.resolve("files"), services);
        EmbeddedPostgres kept = EmbeddedPostgres.start(directory, PostgresConfig.defaults())) {
      Postgres home =
          Postgres.start(vertx, directory, PostgresConfig.defaults()).await(1, TimeUnit.MINUTES);
      for (int time = 0; time <= TIMES; time++) {
        Shards shards =
            Shards.start(vertx, home, PostgresConfig.defaults(), ShardsConfig.defaults())
                .await(1, TimeUnit.MINUTES);
        long began = System.nanoTime();
        Future<?> all = Future.succeededFuture();
        for (int service = 0; service < services; service++) {
          String name = "service-" + service;
          all = all.compose(done -> shards.migrate(name, "classpath:db/" + name, files));
        }
        all.await(5, TimeUnit.MINUTES);
        System.out.printf(
            "%s: %d services, %d shards: %d ms%n",
            time == 0 ? "first start" : "start again",
            services,
            Shards.COUNT,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        shards.close().await(1, TimeUnit.MINUTES);
      }
      home.close().await(1, TimeUnit.MINUTES);
    } finally {
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }
}
