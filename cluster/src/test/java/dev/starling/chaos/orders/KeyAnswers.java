package dev.starling.chaos.orders;

import dev.starling.chaos.orders.HistoryIndex.Key;
import dev.starling.chaos.orders.Outcome.Placed;
import dev.starling.chaos.orders.Outcome.Reason;
import java.util.List;

/**
 * Looks at what clients were told about one key: {@link Invariant#ONE_ANSWER}.
 *
 * <p>A key whose order was refused may be used again, with another body too.
 */
final class KeyAnswers {
  private final HistoryIndex history;
  private final Findings findings;

  KeyAnswers(HistoryIndex history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  void check() {
    history.attempts().forEach(this::checkKey);
  }

  private void checkKey(Key key, List<Operation> attempts) {
    if (attempts.size() < 2) {
      return;
    }
    Operation first = null;
    int executed = 0;
    for (Operation attempt : attempts) {
      if (attempt.outcome() instanceof Placed placed) {
        executed += placed.replayed() ? 0 : 1;
        if (first == null || attempt.endedNanos() < first.endedNanos()) {
          first = attempt;
        }
      }
    }
    findings.examine(
        Invariant.ONE_ANSWER,
        executed <= 1,
        key.toString(),
        "%d calls were told that they placed the order (expected: 1, and replays)"
            .formatted(executed),
        attempts);
    for (Operation attempt : attempts) {
      if (first != null && attempt != first) {
        agrees(key, first, attempt);
      }
      refusalHasReason(key, attempts, attempt);
    }
  }

  private void agrees(Key key, Operation first, Operation attempt) {
    boolean sameBody = lines(first).equals(lines(attempt));
    boolean later = attempt.invokedNanos() > first.endedNanos();
    if (attempt.outcome() instanceof Placed placed) {
      findings.examine(
          Invariant.ONE_ANSWER,
          sameBody && placed.order().equals(order(first)),
          key.toString(),
          sameBody
              ? "two calls were told of different orders"
              : "a call with another body was acknowledged (expected: 422)",
          List.of(first, attempt));
    } else if (later && attempt.isRefused()) {
      boolean passing =
          attempt.isRefused(Reason.NOT_EXECUTED) || attempt.isRefused(Reason.IN_FLIGHT);
      findings.examine(
          Invariant.ONE_ANSWER,
          passing || !sameBody && attempt.isRefused(Reason.KEY_REUSED),
          key.toString(),
          sameBody
              ? "a replay was refused (expected: the order)"
              : "another body was refused for another reason (expected: 422)",
          List.of(first, attempt));
    }
  }

  private void refusalHasReason(Key key, List<Operation> attempts, Operation attempt) {
    if (attempt.isRefused(Reason.KEY_REUSED)) {
      findings.examine(
          Invariant.ONE_ANSWER,
          attempts.stream()
              .anyMatch(
                  other ->
                      !lines(other).equals(lines(attempt))
                          && other.invokedNanos() < attempt.endedNanos()
                          && (!other.isRefused() || other.mayHaveRunBeside(attempt))),
          key.toString(),
          "422, but the key was never used with another body",
          attempts);
    } else if (attempt.isRefused(Reason.IN_FLIGHT)) {
      findings.examine(
          Invariant.ONE_ANSWER,
          attempts.stream().anyMatch(other -> other != attempt && other.mayHaveRunBeside(attempt)),
          key.toString(),
          "409 in flight, but no other call with the key was",
          attempts);
    }
  }

  private static Object lines(Operation attempt) {
    return ((Call.Place) attempt.call()).lines();
  }

  private static String order(Operation attempt) {
    return ((Placed) attempt.outcome()).order();
  }
}
