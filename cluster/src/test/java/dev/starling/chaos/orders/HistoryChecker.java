package dev.starling.chaos.orders;

import java.util.List;

/**
 * Decides whether what clients were told agrees with what is stored, when everything has come to
 * rest: every node is back, no call is under way, and the outbox is empty.
 *
 * <p>Time grows with the length of the history, but for sorting. Nothing here knows of the cluster.
 *
 * <p>A call whose outcome is unknown counts as executed if its order is stored, and as not executed
 * otherwise; so histories need not be searched for an order of events that explains them.
 */
final class HistoryChecker {
  private HistoryChecker() {}

  static Verdict check(List<Operation> operations, Evidence evidence, Expectations expectations) {
    HistoryIndex index = HistoryIndex.of(operations, evidence);
    Findings findings = new Findings();
    new StoredOrders(index, evidence.events(), findings).check();
    new StoredEffects(index, evidence, expectations.effects(), findings).check();
    new KeyAnswers(index, findings).check();
    new Visibility(index, operations, expectations.stalenessNanos(), findings).check();
    new StockAccount(index, operations, evidence, expectations, findings).check();
    return findings.verdict();
  }
}
