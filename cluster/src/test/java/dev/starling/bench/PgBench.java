package dev.starling.bench;

import dev.starling.postgres.PostgresEndpoint;
import dev.starling.postgres.shards.Shards;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PostgreSQL's own load generator, with the transaction of one order: insert it, take it from the
 * stock, append the event, commit. Each in a shard of its own choice, as orders of many users are.
 */
final class PgBench {
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

  private static final String TRANSACTION =
      """
      \\set sku random(0, %2$d)
      BEGIN;
      INSERT INTO %1$s.orders
        (user_id, id, idempotency_key, fingerprint, status, total, currency, lines, created_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid()::text, gen_random_uuid(),
          'confirmed', 1999, 'EUR',
          '[{"sku":"B0","quantity":1,"price":{"amount":1999,"currency":"EUR"}}]', now());
      UPDATE %1$s.stock SET available = available - 1 WHERE sku = 'B' || :sku AND available >= 1;
      INSERT INTO %1$s.outbox
        (id, source, type, subject, aggregate, owner, time, traceparent, data, due_at, next_at)
        VALUES (gen_random_uuid(), '/starling/orders', 'dev.starling.bench.placed',
          gen_random_uuid()::text, 'order/' || gen_random_uuid(), gen_random_uuid(), now(), '',
          '{"order_id":"0","user_id":"0","lines":[{"sku":"B0","quantity":1}],"total":{"amount":1999}}',
          now(), now());
      COMMIT;
      """;

  private final String program;
  private final PostgresEndpoint database;
  private final List<Path> scripts = new ArrayList<>();

  /**
   * @param program {@code pgbench}, or where it is
   * @param skus products B0, B1, … that there are
   */
  PgBench(String program, PostgresEndpoint database, Path directory, int skus) {
    this.program = program;
    this.database = database;
    try {
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        Path script = directory.resolve("order-" + shard + ".sql");
        Files.writeString(script, TRANSACTION.formatted(Shards.schema(shard), skus - 1));
        scripts.add(script);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the program can be run at all. */
  static boolean isThere(String program) {
    try {
      Process process =
          new ProcessBuilder(program, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Transactions a second. */
  double run(int clients, int seconds) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                "--no-vacuum",
                "--protocol=prepared",
                "--client=" + clients,
                "--jobs=2",
                "--time=" + seconds,
                "--host=" + database.host(),
                "--port=" + database.port(),
                "--username=" + database.user()));
    scripts.forEach(script -> command.add("--file=" + script));
    command.add(database.database());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", database.password());
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      Matcher rate = RATE.matcher(output);
      if (status != 0 || !rate.find()) {
        throw new IllegalStateException(program + " ended with " + status + ":\n" + output);
      }
      return Double.parseDouble(rate.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
