package dev.starling.cluster;

import dev.starling.cluster.config.LoadedConfig;
import dev.starling.postgres.Postgres;
import dev.starling.postgres.outbox.DeadLetter;
import dev.starling.postgres.outbox.DeadLetters;
import dev.starling.postgres.outbox.Outbox;
import dev.starling.postgres.outbox.OutboxStatus;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code starling outbox}: shows how the outbox stands, and lets dead letters be tried again. */
@Command(
    name = "outbox",
    description = "Shows events that wait, and what became dead letters; lets them be tried again.",
    mixinStandardHelpOptions = true)
final class OutboxCommand {
  private static final int ABSENT = 1;
  private static final int MAX_LIMIT = 10_000;

  @Spec private CommandSpec spec;

  /** Which dead letters. */
  static final class Which {
    @Option(names = "--all", required = true, description = "Every one.")
    boolean all;

    @Option(
        names = "--consumer",
        required = true,
        paramLabel = "NAME",
        description = "Those of a consumer.")
    @Nullable String consumer;

    @Option(
        names = "--event",
        required = true,
        paramLabel = "ID",
        description = "Those of an event, e.g. as dead-letters shows it.")
    @Nullable UUID event;
  }

  @Command(
      name = "status",
      description = {
        "Says of each database how many events wait, for how long the oldest has, which node relays",
        "which shards, and who subscribed to what."
      },
      mixinStandardHelpOptions = true)
  int status(@Mixin OutputOption output, @Mixin NodeOptions options) {
    OutboxStatus status = with(options, OutboxStatus::read);
    print(output.of(status, OutboxCommand::text));
    return 0;
  }

  @Command(
      name = "dead-letters",
      description = "Lists what consumers could not take, the newest first.",
      mixinStandardHelpOptions = true)
  int deadLetters(
      @Option(names = "--consumer", paramLabel = "NAME", description = "Of this one alone.")
          @Nullable String consumer,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "How many at most (default: ${DEFAULT-VALUE}).")
          int limit,
      @Mixin OutputOption output,
      @Mixin NodeOptions options) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new ConfigException("--limit: " + limit + " (expected: 1.." + MAX_LIMIT + ")");
    }
    List<DeadLetter> letters = with(options, shards -> DeadLetters.list(shards, consumer, limit));
    print(output.of(letters, OutboxCommand::text));
    return 0;
  }

  @Command(
      name = "redrive",
      description = "Lets dead letters be tried again, as if for the first time.",
      mixinStandardHelpOptions = true)
  int redrive(
      @ArgGroup(exclusive = true, multiplicity = "1") Which which, @Mixin NodeOptions options) {
    int redriven =
        with(options, shards -> DeadLetters.redrive(shards, which.consumer, which.event));
    print("%d put back%n".formatted(redriven));
    return 0;
  }

  @Command(
      name = "unsubscribe",
      description = {
        "Ends the subscriptions of a consumer that is gone for good; its events wait no more.",
        "Exit code: 1 when it has none."
      },
      mixinStandardHelpOptions = true)
  int unsubscribe(
      @Parameters(paramLabel = "NAME", description = "The consumer.") String consumer,
      @Mixin NodeOptions options) {
    boolean had = with(options, shards -> Outbox.unsubscribe(shards, consumer));
    print((had ? "%s gets no more events%n" : "%s has no subscription%n").formatted(consumer));
    return had ? 0 : ABSENT;
  }

  /** Opens what the command needs of a node, and nothing more. */
  private static <T> T with(NodeOptions options, Function<Shards, Future<T>> work) {
    LoadedConfig config = options.load();
    Path data = Path.of(config.node().dataDir());
    Vertx vertx = Vertx.vertx();
    try {
      Postgres home = Node.await(Postgres.start(vertx, data, config.node().postgres()));
      try {
        Shards shards =
            Node.await(Shards.start(vertx, home, config.node().postgres(), config.node().shards()));
        try {
          return Node.await(work.apply(shards));
        } finally {
          Node.await(shards.close());
        }
      } finally {
        Node.await(home.close());
      }
    } finally {
      Node.await(vertx.close());
    }
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  private static String text(OutboxStatus status) {
    StringBuilder text = new StringBuilder();
    for (OutboxStatus.Database database : status.databases()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s: %d shards, %d events open, %d of them due, lag %.1f s, %d dead letters%n",
              database.name(),
              database.shards(),
              database.open(),
              database.due(),
              database.lagSeconds(),
              database.dead()));
      if (database.relays().isEmpty()) {
        text.append(String.format("  no relay%n"));
      }
      for (Map.Entry<String, String> relay : database.relays().entrySet()) {
        text.append(String.format("  %s: %s%n", relay.getKey(), relay.getValue()));
      }
    }
    status
        .subscriptions()
        .forEach(
            (consumer, types) ->
                text.append(String.format("%s: %s%n", consumer, String.join(", ", types))));
    return text.toString();
  }

  private static String text(List<DeadLetter> letters) {
    StringBuilder text = new StringBuilder();
    for (DeadLetter letter : letters) {
      text.append(
          String.format(
              "%s %s %s %s (%s), after %d attempts: %s%n",
              letter.diedAt(),
              letter.consumer(),
              letter.event(),
              letter.type(),
              letter.aggregate(),
              letter.attempts(),
              letter.reason()));
    }
    return letters.isEmpty() ? String.format("none%n") : text.toString();
  }
}
