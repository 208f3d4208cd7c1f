package dev.starling.outbox;

import dev.starling.outbox.Marks.Dead;
import dev.starling.outbox.Marks.Later;
import dev.starling.outbox.Outcome.Failed;
import dev.starling.outbox.Outcome.NotTried;
import dev.starling.outbox.Outcome.Refused;
import dev.starling.outbox.Outcome.Taken;
import dev.starling.outbox.Progress.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns what became of a batch into marks. One for each batch; confined to its relay. */
final class Settlement {
  private static final int LONGEST_REASON = 500;

  private final int maxAttempts;
  private final Backoff backoff;
  private final long nowMillis;
  private final List<OpenEvent.Key> done = new ArrayList<>();
  private final List<Later> later = new ArrayList<>();
  private final List<Dead> dead = new ArrayList<>();

  /**
   * @param nowMillis by the database's clock since 1970
   */
  Settlement(int maxAttempts, Backoff backoff, long nowMillis) {
    this.maxAttempts = maxAttempts;
    this.backoff = backoff;
    this.nowMillis = nowMillis;
  }

  /**
   * Takes note of an event.
   *
   * @param outcomes by consumer; who was not sent to is not in it
   */
  Settlement add(OpenEvent event, Map<String, Outcome> outcomes) {
    Progress progress = event.progress();
    for (Map.Entry<String, Outcome> outcome : outcomes.entrySet()) {
      String consumer = outcome.getKey();
      State before = progress.of(consumer);
      progress = progress.with(consumer, after(event.key(), consumer, before, outcome.getValue()));
    }
    long next = Long.MAX_VALUE;
    for (String consumer : event.consumers()) {
      State state = progress.of(consumer);
      next = state.settled() ? next : Math.min(next, state.nextMillis());
    }
    if (next == Long.MAX_VALUE) {
      done.add(event.key());
    } else if (!outcomes.isEmpty()) {
      later.add(new Later(event.key(), event.event().aggregate(), progress, next));
    }
    return this;
  }

  Marks marks() {
    return new Marks(done, later, dead);
  }

  private State after(OpenEvent.Key key, String consumer, State before, Outcome outcome) {
    if (outcome instanceof Taken) {
      return new State(true, before.attempts(), 0);
    }
    if (outcome instanceof NotTried left) {
      return new State(false, before.attempts(), nowMillis + left.pauseMillis());
    }
    int attempts = before.attempts() + 1;
    if (outcome instanceof Failed failed && attempts < maxAttempts) {
      return new State(false, attempts, nowMillis + backoff.afterMillis(attempts));
    }
    dead.add(new Dead(key, consumer, attempts, reason(outcome)));
    return new State(true, attempts, 0);
  }

  private static String reason(Outcome outcome) {
    String text =
        outcome instanceof Refused refused
            ? refused.reason()
            : outcome instanceof Failed failed ? failed.reason() : "";
    // PostgreSQL's text has no NUL.
    String clean = text.replace('\0', ' ');
    return clean.substring(0, Math.min(LONGEST_REASON, clean.length()));
  }
}
