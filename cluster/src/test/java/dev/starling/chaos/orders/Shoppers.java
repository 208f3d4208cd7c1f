package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Doors.Reply;
import dev.starling.load.Pause;
import dev.starling.load.User;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Many clients at once, whose calls become one {@link History}.
 *
 * <p>They live on one event loop; the methods are for other threads, which wait.
 */
final class Shoppers implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;
  private static final int POLL_MILLIS = 20;

  /**
   * @param clients at once, each with one call under way, or two
   * @param meanPauseMillis of a client between two things that it does; 0 for none
   */
  record Options(int clients, double meanPauseMillis, long seed) {}

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final Context context = vertx.getOrCreateContext();
  private final Options options;
  private final Doors doors;
  private final History history;
  private final Random pauses;
  private final List<Shopper> shoppers = new ArrayList<>();
  private int busy;
  private boolean closing;

  /**
   * @param users at least as many as clients; nobody shares one
   * @param file takes the history
   */
  Shoppers(
      Options options,
      List<SocketAddress> edges,
      List<User> users,
      List<String> articles,
      Path file) {
    if (users.size() < options.clients) {
      throw new IllegalArgumentException(
          "users: %d (expected: at least %d, one for each client)"
              .formatted(users.size(), options.clients));
    }
    this.options = options;
    this.pauses = new Random(options.seed);
    this.doors = onLoop(() -> new Doors(vertx, edges));
    this.history = new History(file, System.nanoTime());
    Random seeds = new Random(options.seed);
    for (int client = 0; client < options.clients; client++) {
      shoppers.add(
          new Shopper(
              client, share(users, client), articles, new Random(seeds.nextLong()), counter()));
    }
  }

  /** Lets everybody begin. */
  void open() {
    onLoop(
        () -> {
          closing = false;
          shoppers.forEach(this::goOn);
          return shoppers.size();
        });
  }

  /** How many calls have begun. */
  long calls() {
    return onLoop(history::size);
  }

  /** Lets nobody begin anything more, and waits for what is under way. */
  void finish() {
    onLoop(() -> closing = true);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (onLoop(() -> busy) > 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("calls did not end within " + PATIENCE_SECONDS + " s");
      }
      Pause.millis(POLL_MILLIS);
    }
  }

  /** Everything that was asked so far. */
  List<Operation> operations() {
    return onLoop(history::operations);
  }

  @Override
  public void close() {
    await(vertx.close());
    history.close();
  }

  private void goOn(Shopper shopper) {
    if (closing) {
      return;
    }
    busy++;
    shopper
        .shop()
        .compose(done -> rest(pauseMillis()))
        .onComplete(
            done -> {
              busy--;
              goOn(shopper);
            });
  }

  private Shopper.Counter counter() {
    return new Shopper.Counter() {
      @Override
      public Future<Reply> ask(int process, User user, Call call) {
        long operation = history.invoke(process, call, System.nanoTime());
        return doors
            .call(call, user.token())
            .onSuccess(
                reply -> history.end(operation, process, reply.outcome(), System.nanoTime()));
      }

      @Override
      public Future<Void> rest(long millis) {
        return Shoppers.this.rest(millis);
      }

      @Override
      public boolean isClosing() {
        return closing;
      }
    };
  }

  private Future<Void> rest(long millis) {
    return millis == 0
        ? Future.succeededFuture()
        : vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty();
  }

  /** As long as between arrivals that know nothing of each other. */
  private long pauseMillis() {
    return Math.round(-Math.log(1 - pauses.nextDouble()) * options.meanPauseMillis);
  }

  private List<User> share(List<User> users, int client) {
    List<User> own = new ArrayList<>();
    for (int i = client; i < users.size(); i += options.clients) {
      own.add(users.get(i));
    }
    return own;
  }

  private <T> T onLoop(Callable<T> work) {
    Promise<T> result = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            result.complete(work.call());
          } catch (Exception e) {
            result.fail(e);
          }
        });
    return await(result.future());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + PATIENCE_SECONDS + " s", e);
    }
  }
}
