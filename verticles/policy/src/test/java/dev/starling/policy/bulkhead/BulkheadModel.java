package dev.starling.policy.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A bulkhead as its description reads, in lists, to compare the real one with. */
final class BulkheadModel {
  private final int permits;
  private final int maxWaiters;
  private final long maxWaitNanos;
  private final List<Guest> queue = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private int inside;
  private long filledNanos;

  private record Guest(String name, long sinceNanos) {}

  private BulkheadModel(BulkheadRule rule) {
    this.permits = rule.maxConcurrent();
    this.maxWaiters = rule.maxWaiting();
    this.maxWaitNanos = rule.maxWait().toNanos();
  }

  /** Does the same at random to both, and expects the same of both. */
  static void compare(long seed, int steps) {
    SplittableRandom random = new SplittableRandom(seed);
    BulkheadRule rule =
        new BulkheadRule(
            "test",
            Match.EVERYTHING,
            null,
            1 + random.nextInt(4),
            random.nextInt(6),
            Duration.ofMillis(random.nextInt(1, 300)));
    Bulkhead real = new Bulkhead(rule);
    BulkheadModel model = new BulkheadModel(rule);
    List<String> events = new ArrayList<>();
    List<Waiting> waiting = new ArrayList<>();
    List<String> names = new ArrayList<>();
    long now = random.nextLong();
    for (int step = 0; step < steps; step++) {
      now += Duration.ofMillis(random.nextInt(20)).toNanos();
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          String name = "guest " + step;
          Entry entry = real.enter(new BulkheadTest.Recording(name, events), now);
          assertThat(entry instanceof Waiting ? null : entry).isEqualTo(model.enter(name, now));
          if (entry instanceof Waiting place) {
            waiting.add(place);
            names.add(name);
          }
        }
        case 3 -> {
          if (model.inside > 0) {
            real.leave(now);
            model.leave(now);
          }
        }
        case 4 -> {
          real.tick(now);
          model.dropLate(now);
        }
        default -> {
          if (!waiting.isEmpty()) {
            int which = random.nextInt(waiting.size());
            String name = names.remove(which);
            assertThat(waiting.remove(which).cancel()).isEqualTo(model.cancel(name));
          }
        }
      }
      assertThat(real.inside()).as("seed %s step %s", seed, step).isEqualTo(model.inside);
      assertThat(real.waiting()).isEqualTo(model.queue.size());
      assertThat(events).isEqualTo(model.events);
    }
  }

  private Entry.@Nullable Decided enter(String name, long now) {
    if (queue.isEmpty() && inside < permits) {
      inside++;
      return Entry.Decided.ENTERED;
    }
    if (queue.size() >= maxWaiters) {
      return Entry.Decided.FULL;
    }
    if (queue.isEmpty()) {
      filledNanos = now;
    }
    queue.add(new Guest(name, now));
    return null;
  }

  private void leave(long now) {
    inside--;
    dropLate(now);
    if (!queue.isEmpty()) {
      inside++;
      events.add(queue.remove(overloaded(now) ? queue.size() - 1 : 0).name + " entered");
    }
  }

  private void dropLate(long now) {
    while (!queue.isEmpty()) {
      boolean overloaded = overloaded(now);
      long patience =
          overloaded ? Math.min(Duration.ofMillis(5).toNanos(), maxWaitNanos) : maxWaitNanos;
      if (now - queue.get(0).sinceNanos <= patience) {
        return;
      }
      events.add(queue.remove(0).name + (overloaded ? " OVERLOADED" : " WAITED_TOO_LONG"));
    }
  }

  private boolean cancel(String name) {
    return queue.removeIf(guest -> guest.name.equals(name));
  }

  private boolean overloaded(long now) {
    return !queue.isEmpty() && now - filledNanos >= Duration.ofMillis(100).toNanos();
  }
}
