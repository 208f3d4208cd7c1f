package dev.starling.chaos.orders;

import dev.starling.chaos.orders.Evidence.OrderRow;
import dev.starling.chaos.orders.Evidence.StockRow;
import dev.starling.chaos.orders.HistoryIndex.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps account of articles: {@link Invariant#STOCK}.
 *
 * <p>At rest stock is what it was, less the orders that hold. To a look in between an order counts
 * as taken when it was acknowledged before the look began, or before that by as much as a look may
 * be stale; as possibly taken from its first call on until its cancellation was acknowledged; and
 * as not taken if it is not stored in the end.
 */
final class StockAccount {
  private final HistoryIndex history;
  private final List<Operation> operations;
  private final Evidence evidence;
  private final Expectations expectations;
  private final Findings findings;

  /*
   * Four ways in which time and quantity meet, each a running sum: a look of [from, to) sees
   *
   *   at most   initial - surely taken before from + maybe returned before to
   *   at least  initial - maybe taken before to + surely returned before from
   */
  private final Map<String, RunningSum> surelyTaken = new HashMap<>();
  private final Map<String, RunningSum> maybeTaken = new HashMap<>();
  private final Map<String, RunningSum> surelyReturned = new HashMap<>();
  private final Map<String, RunningSum> maybeReturned = new HashMap<>();

  StockAccount(
      HistoryIndex history,
      List<Operation> operations,
      Evidence evidence,
      Expectations expectations,
      Findings findings) {
    this.history = history;
    this.operations = operations;
    this.evidence = evidence;
    this.expectations = expectations;
    this.findings = findings;
  }

  void check() {
    atRest();
    history.attempts().forEach(this::book);
    for (Operation operation : operations) {
      if (operation.call() instanceof Call.Look look
          && operation.outcome() instanceof Outcome.Stock stock) {
        seen(look.sku(), stock.quantity(), operation);
      }
    }
  }

  private void atRest() {
    Map<String, Long> held = new HashMap<>();
    for (OrderRow row : evidence.orders()) {
      if (!row.isCancelled()) {
        row.lines().forEach((sku, quantity) -> held.merge(sku, (long) quantity, Long::sum));
      }
    }
    for (StockRow row : evidence.stock()) {
      long initial = expectations.stock().getOrDefault(row.sku(), 0L);
      long ordered = held.getOrDefault(row.sku(), 0L);
      findings.examine(
          Invariant.STOCK,
          row.quantity() == initial - ordered,
          "article " + row.sku(),
          "%d are left in the end (expected: %d - %d ordered)"
              .formatted(row.quantity(), initial, ordered),
          List.of());
      findings.examine(
          Invariant.STOCK,
          row.lowest() >= 0,
          "article " + row.sku(),
          row.lowest() + " in one place in the end (expected: at least 0)",
          List.of());
    }
  }

  private void book(Key key, List<Operation> attempts) {
    long sure = Operation.NEVER;
    long maybe = Operation.NEVER;
    Operation placing = null;
    for (Operation attempt : attempts) {
      if (!attempt.isRefused()) {
        maybe = Math.min(maybe, attempt.invokedNanos());
        if (placing == null || attempt.isOk()) {
          placing = attempt;
        }
        if (attempt.isOk()) {
          sure = Math.min(sure, attempt.endedNanos());
        }
      }
    }
    List<OrderRow> rows = history.rows(key);
    boolean executed = sure != Operation.NEVER || !rows.isEmpty();
    if (placing == null || !executed) {
      return;
    }
    // The row knows which of several bodies it was, where clients do not.
    Map<String, Integer> lines =
        rows.isEmpty() ? ((Call.Place) placing.call()).lines() : rows.get(0).lines();
    add(surelyTaken, lines, sure);
    add(maybeTaken, lines, maybe);
    String order = rows.isEmpty() ? ((Outcome.Placed) placing.outcome()).order() : rows.get(0).id();
    long surelyBack = Operation.NEVER;
    long maybeBack = Operation.NEVER;
    for (Operation cancel : history.cancels(order)) {
      if (!cancel.isRefused()) {
        maybeBack = Math.min(maybeBack, cancel.invokedNanos());
        surelyBack = Math.min(surelyBack, cancel.isOk() ? cancel.endedNanos() : Operation.NEVER);
      }
    }
    add(surelyReturned, lines, surelyBack);
    add(maybeReturned, lines, maybeBack);
  }

  private void seen(String sku, long quantity, Operation look) {
    long initial = expectations.stock().getOrDefault(sku, 0L);
    long from = look.invokedNanos() - expectations.stalenessNanos();
    long to = look.endedNanos();
    long most = initial - sum(surelyTaken, sku, from) + sum(maybeReturned, sku, to);
    long least = Math.max(0, initial - sum(maybeTaken, sku, to) + sum(surelyReturned, sku, from));
    findings.examine(
        Invariant.STOCK,
        quantity >= least && quantity <= most,
        "article " + sku,
        "%d were seen (expected: %d..%d)".formatted(quantity, least, most),
        List.of(look));
  }

  private static void add(Map<String, RunningSum> sums, Map<String, Integer> lines, long moment) {
    if (moment != Operation.NEVER) {
      lines.forEach(
          (sku, quantity) ->
              sums.computeIfAbsent(sku, article -> new RunningSum()).add(moment, quantity));
    }
  }

  private static long sum(Map<String, RunningSum> sums, String sku, long before) {
    RunningSum sum = sums.get(sku);
    return sum == null ? 0 : sum.before(before);
  }

  /** Quantities at moments; everything is added before the first question. */
  private static final class RunningSum {
    private record Step(long nanos, long quantity) {}

    private final List<Step> steps = new ArrayList<>();
    private long[] moments = {};
    private long[] sums = {};

    void add(long nanos, long quantity) {
      steps.add(new Step(nanos, quantity));
    }

    long before(long nanos) {
      if (moments.length != steps.size()) {
        sort();
      }
      int low = 0;
      int high = moments.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (moments[middle] < nanos) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low == 0 ? 0 : sums[low - 1];
    }

    private void sort() {
      steps.sort(Comparator.comparingLong(Step::nanos));
      moments = new long[steps.size()];
      sums = new long[steps.size()];
      long sum = 0;
      for (int i = 0; i < moments.length; i++) {
        sum += steps.get(i).quantity;
        moments[i] = steps.get(i).nanos;
        sums[i] = sum;
      }
    }
  }
}
