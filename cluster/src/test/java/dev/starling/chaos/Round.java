package dev.starling.chaos;

import dev.starling.chaos.RoundResult.Builder;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One round: load, a share of it at the victim, a fault in the middle, and the reckoning.
 *
 * <p>A fault calls {@link #begin}, {@link #strike} and {@link #end} in this order, and {@link
 * #reckon} when the cluster is whole again.
 */
final class Round {
  private static final int WARM_MILLIS = 4_000;
  private static final int SHARE_MILLIS = 1_000;

  /** Of all calls that the victim has to serve before the fault, for the round to count. */
  private static final double NEEDED_SHARE = 0.2;

  /** How late a call may be sent to a node that was just lost: what suspicion takes, and a bit. */
  private static final long NOTICE_NANOS = 1_000_000_000;

  /** How long before the fault a call that was under way then can have been due. */
  private static final long EARLIER_NANOS = 2_000_000_000L;

  private final Lab lab;
  private final OpenLoop<Traffic> load;
  private final Accounts directory;
  private final List<Account> accounts;
  private final double callsPerSecond;
  private final List<String> notes = new ArrayList<>();
  private final Builder values = new Builder();
  private double victimShare = 1;
  private boolean tells = true;
  private long struckNanos;
  private int calls;

  Round(
      Lab lab,
      OpenLoop<Traffic> load,
      Accounts directory,
      List<Account> accounts,
      double callsPerSecond) {
    this.lab = lab;
    this.load = load;
    this.directory = directory;
    this.accounts = accounts;
    this.callsPerSecond = callsPerSecond;
  }

  Lab lab() {
    return lab;
  }

  double callsPerSecond() {
    return callsPerSecond;
  }

  Round set(Measure measure, double value) {
    values.set(measure, value);
    return this;
  }

  void note(String note) {
    notes.add(note);
  }

  /** Starts the load and waits until it is steady. */
  void begin() {
    load.start(callsPerSecond);
    Pause.millis(WARM_MILLIS);
  }

  /** The same, and measures how much of it the victim serves. */
  void begin(LabNode victim) {
    begin();
    Map<LabNode, Double> before = lab.received();
    Pause.millis(SHARE_MILLIS);
    Map<LabNode, Double> after = lab.received();
    double all = 0;
    for (Map.Entry<LabNode, Double> entry : after.entrySet()) {
      all += entry.getValue() - before.getOrDefault(entry.getKey(), 0.0);
    }
    double own = after.getOrDefault(victim, 0.0) - before.getOrDefault(victim, 0.0);
    victimShare = all == 0 ? 0 : own / all;
  }

  /** Strikes; what is measured counts from here. */
  void strike(Runnable fault) {
    note("struck at " + Instant.now());
    struckNanos = System.nanoTime();
    fault.run();
  }

  /** Sends writes besides the load. */
  void writeAtOnce(int writes, int deadlineMillis) {
    load.ask(traffic -> traffic.writeAtOnce(writes, deadlineMillis));
  }

  long struckNanos() {
    return struckNanos;
  }

  /** When the first call can have been due that the fault caught under way. */
  long earliest() {
    return struckNanos - EARLIER_NANOS;
  }

  /** When the last call can have been due that was sent to a victim. */
  long latest() {
    return struckNanos + NOTICE_NANOS;
  }

  double sinceStrikeMillis() {
    return (System.nanoTime() - struckNanos) / 1e6;
  }

  /** Stops the load and takes the measures that every fault has. */
  CallLog end() {
    load.stop();
    CallLog log = new CallLog(load.ask(Traffic::takeSamples), struckNanos);
    calls = log.size();
    values
        .set(Measure.FAILED_SAFE, log.failedSafe())
        .set(Measure.SLOWEST_SAFE, log.slowestSafeMillis())
        .set(Measure.FAILED_UNSAFE, log.failedUnsafe())
        .set(Measure.WRONG_UNSAFE, log.wrongUnsafe(earliest(), latest()))
        .set(Measure.LONGEST_GAP, log.longestGapMillis())
        .set(Measure.RECOVERY, log.recoveryMillis(callsPerSecond));
    notes.addAll(log.notes());
    notes.addAll(log.slowest());
    return log;
  }

  /** The accounts of which a write may or may not have been executed. */
  List<Account> uncertain() {
    return load.ask(Traffic::uncertain);
  }

  List<Integer> lastWrites(List<Account> of) {
    return directory.lastWrites(of);
  }

  /**
   * Counts the writes that were executed in the meantime, though nobody waited any more. Without a
   * write that could have been the round shows nothing.
   *
   * @param uncertain the accounts whose writes were given up
   * @param before their last writes then
   */
  void countExpired(List<Account> uncertain, List<Integer> before) {
    tells &= !uncertain.isEmpty();
    List<Integer> after = lastWrites(uncertain);
    int executed = 0;
    for (int i = 0; i < uncertain.size(); i++) {
      executed += before.get(i).equals(after.get(i)) ? 0 : 1;
    }
    values.set(Measure.EXPIRED_EXECUTED, executed);
    note(uncertain.size() + " writes were under way to the frozen node");
  }

  /** Compares what is stored with what was answered, and forgets what was uncertain. */
  RoundResult reckon() {
    List<Integer> found = directory.lastWrites(accounts);
    int wrong = 0;
    for (int i = 0; i < accounts.size(); i++) {
      String problem = accounts.get(i).check(found.get(i));
      if (!problem.isEmpty()) {
        wrong++;
        note(problem);
      }
      accounts.get(i).settle(found.get(i));
    }
    values.set(Measure.LOST_WRITES, wrong);
    return values.build(tells && victimShare >= NEEDED_SHARE, victimShare, calls, notes);
  }
}
