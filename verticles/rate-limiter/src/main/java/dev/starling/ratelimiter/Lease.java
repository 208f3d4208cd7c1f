package dev.starling.ratelimiter;

import dev.starling.contract.ratelimit.RateLimitContract.LendRefused;
import dev.starling.contract.ratelimit.RateLimitContract.Lent;
import dev.starling.contract.ratelimit.RateLimitContract.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What this node has borrowed from a bucket that it shares with others: permits that have left the
 * bucket, which it may give to callers without asking anybody.
 *
 * <p>Thread-safe. Permits that are not used in time are gone: they are given to nobody, here or
 * elsewhere.
 */
final class Lease {
  /*
   * How many to borrow. A bucket that few ask for lends to each call what it needs, which is exact.
   * Under load a node keeps a block, whose size doubles while blocks are used up within QUICK and
   * halves when they last longer than SLOW or expire; its bound is Rule.largestBlock. It is filled
   * up when half of it is used, so that calls need not wait: never more than a block is kept or on
   * its way, besides what waiting calls need themselves.
   */
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  static final long VALID_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Calls that may wait for the answer to one request; more are decided by the local share. */
  private static final int MAX_WAITING = 1024;

  /** What {@link #judge} says of a call for which permits have to be borrowed first. */
  static final long SHORT = -1;

  private final String key;
  private final long keyHash;
  private final LongAdder lost;
  private Rule rule;
  private int balance;
  private int uncharged;
  private long owed;
  private long owedNanos;
  private int block;
  private long lentNanos;
  private long expiresNanos;
  private boolean asking;
  private boolean everLent;
  private int refusedNeed;
  private int refusedWindow;
  private long refusedUntilNanos;
  private long turnNanos;
  private long takenTurnNanos;
  private long spacingNanos;
  private List<Level> levels = List.of();
  private List<Runnable> waiting = new ArrayList<>();
  private int waitingCost;
  private List<String> keptAmong = List.of();
  private String keeper = "";

  /**
   * @param key whom it counts, as every node writes it
   * @param keyHash of that text, under this node's secret
   * @param lost counts permits that expired
   */
  Lease(Rule rule, String key, long keyHash, LongAdder lost) {
    this.rule = rule;
    this.key = key;
    this.keyHash = keyHash;
    this.lost = lost;
  }

  String key() {
    return key;
  }

  long keyHash() {
    return keyHash;
  }

  /** Which of the members keeps the bucket. */
  synchronized String keeperAmong(List<String> members, SipHash shared) {
    if (members != keptAmong) {
      keptAmong = members;
      keeper = Rendezvous.choose(members, shared.hash(key), shared);
    }
    return keeper;
  }

  synchronized Rule rule() {
    return rule;
  }

  /** The rule of the same name and numbers from a newer file. */
  synchronized void renew(Rule newer) {
    rule = newer;
  }

  /** How long {@code cost} has to wait, in nanoseconds; 0 for not at all, or {@link #SHORT}. */
  synchronized long judge(int cost, long maxDelayNanos, long nowNanos) {
    expire(nowNanos);
    if (balance >= cost) {
      return Math.max(0, delay(nowNanos) - maxDelayNanos);
    }
    boolean refused = cost >= refusedNeed && refusedUntilNanos - nowNanos > 0;
    return refused ? refusedUntilNanos - nowNanos : SHORT;
  }

  /** Takes permits, or none. */
  synchronized boolean take(int cost, long nowNanos) {
    expire(nowNanos);
    if (balance < cost) {
      return false;
    }
    balance -= cost;
    turnNanos = Math.max(turnNanos, nowNanos);
    takenTurnNanos = turnNanos;
    turnNanos += cost * spacingNanos;
    return true;
  }

  synchronized void giveBack(int cost) {
    balance += cost;
    turnNanos -= cost * spacingNanos;
  }

  /** How long the call that took its permits last waits for its turn. */
  synchronized long turnDelayNanos(long nowNanos) {
    return spacingNanos == 0 ? 0 : Math.max(0, takenTurnNanos - nowNanos);
  }

  /** The number of the window that refused last. */
  synchronized int refusedWindow() {
    return refusedWindow;
  }

  /** What is left for this node of a window, as far as it knows; null when it never asked. */
  synchronized @Nullable Level level(int window) {
    if (window >= levels.size()) {
      return null;
    }
    Level level = levels.get(window);
    return new Level(level.remaining() + balance, level.resetMillis());
  }

  /**
   * Begins to ask for permits, unless somebody does already.
   *
   * @return how many to ask for; 0 when they are asked for
   */
  synchronized int beginAsking(int need, int largestBlock, long nowNanos) {
    if (asking) {
      return 0;
    }
    asking = true;
    if (everLent && nowNanos - lentNanos < QUICK_NANOS) {
      block = Math.max(2, block * 2);
    } else if (nowNanos - lentNanos > SLOW_NANOS) {
      block /= 2;
    }
    block = Math.min(block, largestBlock);
    int kept = block < 2 ? 0 : block;
    long debt = debt(nowNanos);
    long want = debt + need + waitingCost + Math.max(0, kept - balance);
    waitingCost = 0;
    return (int) Math.max(1, Math.min(want, Integer.MAX_VALUE));
  }

  /** Whether the block is half used and should be filled up before calls have to wait. */
  synchronized boolean isLow(long nowNanos) {
    return !asking && block >= 2 && balance <= block / 2 && refusedUntilNanos - nowNanos <= 0;
  }

  /**
   * Waits for the answer to the request that is under way.
   *
   * @return false when nothing is under way, or too many wait
   */
  synchronized boolean await(int cost, Runnable retry) {
    if (!asking || waiting.size() >= MAX_WAITING) {
      return false;
    }
    waiting.add(retry);
    waitingCost += cost;
    return true;
  }

  synchronized boolean isAsking() {
    return asking;
  }

  /** Takes in what was lent; whoever waits is told. */
  void lent(Lent block, long askedNanos, long nowNanos) {
    List<Runnable> tell;
    synchronized (this) {
      expire(nowNanos);
      if (balance == 0) {
        turnNanos = askedNanos + block.delayNanos();
      }
      spacingNanos = block.spacingNanos();
      long repaid = Math.min(debt(nowNanos), block.permits());
      owed -= repaid;
      balance += (int) (block.permits() - repaid);
      uncharged += block.permits();
      lentNanos = nowNanos;
      everLent = true;
      expiresNanos = askedNanos + TimeUnit.MILLISECONDS.toNanos(block.validMillis());
      refusedNeed = 0;
      refusedUntilNanos = nowNanos;
      levels = block.levels();
      tell = answered();
    }
    tell.forEach(Runnable::run);
  }

  /** There was nothing to lend; whoever waits is told. */
  void refused(LendRefused answer, int need, long nowNanos) {
    List<Runnable> tell;
    synchronized (this) {
      refusedNeed = need;
      refusedWindow = answer.window();
      refusedUntilNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(answer.waitMillis());
      levels = answer.levels();
      tell = answered();
    }
    tell.forEach(Runnable::run);
  }

  /** There was no answer; whoever waits is told. */
  void unanswered() {
    List<Runnable> tell;
    synchronized (this) {
      tell = answered();
    }
    tell.forEach(Runnable::run);
  }

  /**
   * Notes permits that the node gave from its share because it could not borrow: the next that it
   * borrows are for those. What a window has refilled since is not owed any more.
   */
  synchronized void owe(int cost, long nowNanos) {
    owed = Math.min(debt(nowNanos) + cost, rule.mostOwed());
    owedNanos = nowNanos;
  }

  private long debt(long nowNanos) {
    if (nowNanos - owedNanos >= rule.shortestWindowNanos()) {
      owed = 0;
    }
    return owed;
  }

  /** Permits that were lent since this was last asked. */
  synchronized int takeUncharged() {
    int lent = uncharged;
    uncharged = 0;
    return lent;
  }

  /** Permits that are kept now. */
  synchronized int balance(long nowNanos) {
    expire(nowNanos);
    return balance;
  }

  private List<Runnable> answered() {
    List<Runnable> told = waiting;
    asking = false;
    waiting = new ArrayList<>();
    return told;
  }

  private void expire(long nowNanos) {
    if (balance > 0 && expiresNanos - nowNanos <= 0) {
      lost.add(balance);
      balance = 0;
      block /= 2;
    }
  }

  private long delay(long nowNanos) {
    return spacingNanos == 0 ? 0 : Math.max(0, turnNanos - nowNanos);
  }
}
