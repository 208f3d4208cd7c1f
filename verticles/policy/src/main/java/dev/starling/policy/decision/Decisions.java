package dev.starling.policy.decision;

import dev.starling.contract.decision.Decision;
import dev.starling.contract.decision.Decision.Call;
import dev.starling.contract.decision.Decision.Kind;
import dev.starling.contract.decision.Decision.Refusal;
import dev.starling.policy.rule.Words;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals of a node, by their ids.
 *
 * <p>Threading: thread-safe; a lock is held for some nanoseconds per refusal, and for a copy of
 * what is asked for.
 */
public final class Decisions {
  /** How many are kept. At about 500 bytes each they take 2 MiB. */
  public static final int CAPACITY = 4_096;

  /** Names of rules come from files, and files are written anew. */
  private static final int MAX_SERIES = 1_000;

  private static final String OTHER = "other";

  private final String nodeId;
  private final InstantSource clock;
  private final DecisionTags tags;
  private final MeterRegistry meters;
  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
  private final Object lock = new Object();

  /** A ring: decision number {@code n} is at {@code n % CAPACITY}. Guarded by the lock. */
  private final @Nullable Decision[] ring = new Decision[CAPACITY];

  private long count;

  private record Series(Kind kind, String rule) {}

  /**
   * @param clock the wall clock, for people
   * @param random cannot be predicted, e.g. a {@link java.security.SecureRandom}; used under a lock
   */
  public Decisions(
      String nodeId, InstantSource clock, RandomGenerator random, MeterRegistry meters) {
    this.nodeId = nodeId;
    this.clock = clock;
    this.tags = new DecisionTags(random);
    this.meters = meters;
  }

  /** Remembers a refusal and gives it an id, which is for the client. */
  public Decision record(Call call, Refusal refusal) {
    long now = clock.millis();
    Decision made;
    synchronized (lock) {
      String id = DecisionId.format(nodeId, count, tags.next());
      made = new Decision(id, nodeId, now, call, refusal);
      ring[slot(count)] = made;
      count++;
    }
    counter(refusal).increment();
    return made;
  }

  /** That of this id; null when it was never made here, or has made room for newer ones. */
  public @Nullable Decision find(String id) {
    DecisionId parsed = DecisionId.parse(id);
    if (parsed == null || !parsed.node().equals(nodeId)) {
      return null;
    }
    Decision found;
    synchronized (lock) {
      found = ring[slot(parsed.number())];
    }
    return found != null && found.id().equals(id) ? found : null;
  }

  /**
   * The latest, newest first.
   *
   * @param atMillis none older than this, in milliseconds since 1970
   * @param limit no more than so many
   */
  public List<Decision> since(long atMillis, int limit) {
    List<Decision> found = new ArrayList<>();
    synchronized (lock) {
      long oldest = Math.max(0, count - CAPACITY);
      for (long number = count - 1; number >= oldest && found.size() < limit; number--) {
        Decision decision = ring[slot(number)];
        // The wall clock may have been set back in between, so older ones are not the end.
        if (decision != null && decision.atMillis() >= atMillis) {
          found.add(decision);
        }
      }
    }
    return found;
  }

  private static int slot(long number) {
    return (int) (number % CAPACITY);
  }

  private Counter counter(Refusal refusal) {
    Series series = new Series(refusal.kind(), refusal.rule());
    Counter known = counters.get(series);
    if (known != null) {
      return known;
    }
    Series shown = counters.size() < MAX_SERIES ? series : new Series(series.kind, OTHER);
    return counters.computeIfAbsent(shown, this::register);
  }

  private Counter register(Series series) {
    return Counter.builder("policy.decisions")
        .description("Calls that the policy refused")
        .tag("kind", Words.of(series.kind))
        .tag("rule", series.rule)
        .register(meters);
  }
}
