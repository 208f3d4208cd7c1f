package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Doors.Reply;
import dev.starling.chaos.orders.Outcome.Placed;
import dev.starling.chaos.orders.Outcome.Reason;
import dev.starling.load.User;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One client, who does one thing after the other for some users, and asks again what it does not
 * know. Confined to the event loop of its {@link Shoppers}; the same seed and the same answers give
 * the same calls.
 */
final class Shopper {
  /** Who is refused gives up soon, often at once: so some keys are only ever refused. */
  private static final int MOST_TRIES_WHEN_REFUSED = 3;

  /** Who does not know asks for as long as any fault lasts. */
  private static final int TRIES_WHEN_UNKNOWN = 60;

  private static final int SHORTEST_PAUSE_MILLIS = 50;
  private static final int LONGEST_PAUSE_MILLIS = 500;
  private static final int REMEMBERED = 100;
  private static final int MOST_LINES = 3;
  private static final int MOST_OF_ONE = 3;
  private static final int LARGEST_PAGE = 20;

  /** The way to the cluster, which writes everything down. */
  interface Counter {
    Future<Reply> ask(int process, User user, Call call);

    Future<Void> rest(long millis);

    /** Nothing new is to be begun, and nothing asked again. */
    boolean isClosing();
  }

  private record Purchase(User user, Call.Place place, String order) {}

  private final int process;
  private final List<User> users;
  private final List<String> articles;
  private final Random random;
  private final Counter counter;
  private final List<Purchase> purchases = new ArrayList<>();
  private final Map<String, String> positions = new HashMap<>();
  private int keys;

  Shopper(int process, List<User> users, List<String> articles, Random random, Counter counter) {
    this.process = process;
    this.users = List.copyOf(users);
    this.articles = List.copyOf(articles);
    this.random = random;
    this.counter = counter;
  }

  /** Does the next thing; succeeds when that has come to an end. */
  Future<?> shop() {
    Habit habit = Habit.choose(random);
    if (habit == Habit.LOOK) {
      User looker = anyUser();
      return ask(looker, new Call.Look(looker.id(), anyArticle()));
    }
    if (purchases.isEmpty() || habit == Habit.PLACE) {
      return place(anyUser());
    }
    Purchase known = purchases.get(random.nextInt(purchases.size()));
    User user = known.user;
    return switch (habit) {
      case PLACE_TWICE -> placeTwice(user);
      case REPLAY -> insist(user, known.place, triesWhenRefused());
      case REUSE_KEY ->
          ask(user, new Call.Place(user.id(), known.place.key(), otherThan(known.place.lines())));
      case READ -> ask(user, new Call.Read(user.id(), known.order, shownPosition(user)));
      case BROWSE ->
          ask(
              user,
              new Call.Browse(user.id(), 1 + random.nextInt(LARGEST_PAGE), shownPosition(user)));
      case CANCEL -> insist(user, new Call.Cancel(user.id(), known.order), triesWhenRefused());
      case PLACE, LOOK -> throw new IllegalStateException(habit + " was done above");
    };
  }

  private Future<?> place(User user) {
    Call.Place place = newOrder(user);
    return insist(user, place, triesWhenRefused())
        .onSuccess(outcome -> remember(user, place, outcome));
  }

  private Future<?> placeTwice(User user) {
    Call.Place place = newOrder(user);
    Future<Outcome> one = insist(user, place, triesWhenRefused());
    Future<Outcome> other = insist(user, place, triesWhenRefused());
    return Future.all(one, other)
        .onSuccess(
            both -> remember(user, place, one.result().isOk() ? one.result() : other.result()));
  }

  private Future<Reply> ask(User user, Call call) {
    return counter
        .ask(process, user, call)
        .onSuccess(
            reply -> {
              if (!reply.position().isEmpty()) {
                positions.put(user.id(), reply.position());
              }
            });
  }

  /** Asks until the outcome is known, or it was refused so often, or the shop closes. */
  private Future<Outcome> insist(User user, Call call, int tries) {
    return ask(user, call)
        .compose(
            reply -> {
              Outcome outcome = reply.outcome();
              int left = outcome instanceof Outcome.Unknown ? TRIES_WHEN_UNKNOWN : tries - 1;
              return isSettled(outcome) || left == 0 || counter.isClosing()
                  ? Future.succeededFuture(outcome)
                  : counter.rest(pauseMillis()).compose(rested -> insist(user, call, left));
            });
  }

  private static boolean isSettled(Outcome outcome) {
    return outcome.isOk()
        || outcome instanceof Outcome.Refused refused
            && refused.reason() != Reason.NOT_EXECUTED
            && refused.reason() != Reason.IN_FLIGHT;
  }

  private void remember(User user, Call.Place place, Outcome outcome) {
    if (outcome instanceof Placed placed) {
      Purchase purchase = new Purchase(user, place, placed.order());
      if (purchases.size() < REMEMBERED) {
        purchases.add(purchase);
      } else {
        purchases.set(random.nextInt(REMEMBERED), purchase);
      }
    }
  }

  private Call.Place newOrder(User user) {
    return new Call.Place(user.id(), "k-%d-%d".formatted(process, ++keys), anyLines());
  }

  private Map<String, Integer> otherThan(Map<String, Integer> lines) {
    Map<String, Integer> other = new HashMap<>(lines);
    String sku = lines.keySet().stream().sorted().findFirst().orElseThrow();
    other.merge(sku, 1, Integer::sum);
    return other;
  }

  private Map<String, Integer> anyLines() {
    Map<String, Integer> lines = new HashMap<>();
    int count = 1 + random.nextInt(MOST_LINES);
    for (int i = 0; i < count; i++) {
      lines.put(anyArticle(), 1 + random.nextInt(MOST_OF_ONE));
    }
    return lines;
  }

  private String anyArticle() {
    return articles.get(random.nextInt(articles.size()));
  }

  private User anyUser() {
    return users.get(random.nextInt(users.size()));
  }

  /** Half of the reads show what the client has in its hands; the others ask for the latest. */
  private String shownPosition(User user) {
    return random.nextBoolean() ? positions.getOrDefault(user.id(), "") : "";
  }

  private int triesWhenRefused() {
    return 1 + random.nextInt(MOST_TRIES_WHEN_REFUSED);
  }

  private long pauseMillis() {
    return SHORTEST_PAUSE_MILLIS + random.nextInt(LONGEST_PAUSE_MILLIS - SHORTEST_PAUSE_MILLIS);
  }
}
