package dev.starling.policy.guards;

import dev.starling.policy.GuardTable;
import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.policy.admission.Admission;
import dev.starling.policy.admission.Backoff;
import dev.starling.policy.admission.ConcurrencyLimiter;
import dev.starling.policy.admission.HeapGuard;
import dev.starling.policy.admission.LoopLagGuard;
import dev.starling.policy.breaker.CircuitBreaker;
import dev.starling.policy.bulkhead.Bulkhead;
import dev.starling.policy.degradation.Degradation;
import dev.starling.policy.degradation.Lowering;
import dev.starling.policy.rule.BreakerRule;
import dev.starling.policy.rule.BulkheadRule;
import dev.starling.policy.rule.ConcurrencyRule;
import dev.starling.policy.rule.Dependencies;
import dev.starling.policy.rule.SheddingRule;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything on a node that stands guard for its traffic policy, whichever that is.
 *
 * <p>When the policy is replaced, guards whose rule is new or changed are made anew, the others
 * stay with what they know, and those that no rule needs are closed.
 *
 * <p>Threading: thread-safe. {@link #current} is a volatile read; a change of policy, and {@link
 * #observe} once a second, take a lock. Whoever makes one closes it.
 */
public final class NodeGuards implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeGuards.class);

  private final PolicySource policies;
  private final LongSupplier nanoTime;
  private final GuardMeters shown;
  private final ShedCounts sheds;
  private final MultiGauge lowered;
  private final Backoff backoff;
  private final GuardTable<BreakerRule, CircuitBreaker> breakers;
  private final GuardTable<BulkheadRule, Bulkhead> bulkheads;
  private final GuardTable<ConcurrencyRule, ConcurrencyLimiter> limiters;
  private final Runnable unsubscribe;
  private Map<String, List<String>> instances = Map.of();
  private Degradation degradation = new Degradation(List.of());
  private volatile Node node;
  private volatile GuardSet current;
  private volatile TrafficSignals traffic = TrafficSignals.NONE;
  private volatile Runnable onQueue = () -> {};

  /** What guards the node as a whole, made anew when the rule for it changes. */
  private record Node(SheddingRule rule, HeapGuard heap, LoopLagGuard loops, Admission admission) {}

  /**
   * @param random uniform in 0 (inclusive) to 1, for any thread
   * @param nanoTime as {@link System#nanoTime()}; asked only when the policy changes and when
   *     metrics are read
   */
  public NodeGuards(
      PolicySource policies, MeterRegistry meters, DoubleSupplier random, LongSupplier nanoTime) {
    this.policies = policies;
    this.nanoTime = nanoTime;
    this.shown = new GuardMeters(meters, nanoTime);
    this.sheds = new ShedCounts(meters);
    this.lowered =
        MultiGauge.builder("policy.degradation.steps")
            .description("How many steps of a rule are in force; absent when none is")
            .register(meters);
    long now = nanoTime.getAsLong();
    this.backoff = new Backoff(now);
    GuardMeters told = shown;
    this.breakers =
        new GuardTable<>(
            rule -> new CircuitBreaker(rule, random, told::changed, nanoTime.getAsLong()));
    this.bulkheads = new GuardTable<>(rule -> new Bulkhead(rule, () -> onQueue.run()));
    this.limiters = new GuardTable<>(rule -> new ConcurrencyLimiter(rule, nanoTime.getAsLong()));
    SheddingRule shedding = policies.current().shedding();
    this.node = guarding(shedding, new HeapGuard(shedding, now), now);
    this.unsubscribe = policies.onChange(next -> apply());
    apply();
    bind(meters);
  }

  /** Those for the policy in force. */
  public GuardSet current() {
    return current;
  }

  /**
   * Says that there are several of a dependency. What the policy says of it holds for each of them
   * apart, by the name {@link Dependencies#instance}: one that fails closes the way to no other.
   */
  public synchronized void instances(String dependency, List<String> names) {
    Map<String, List<String>> known = new HashMap<>(instances);
    known.put(dependency, List.copyOf(names));
    instances = Map.copyOf(known);
    apply();
  }

  /** Says who counts what clients do here; until then nothing is asked. */
  public void observe(TrafficSignals signals) {
    traffic = signals;
  }

  /**
   * Says who is to be told when a call begins to wait at a bulkhead where none did: from then on
   * {@link #tick} must be called every few milliseconds for as long as it returns true. Called by
   * the thread of that call.
   */
  public void onQueue(Runnable wake) {
    onQueue = wake;
  }

  /**
   * Refuses calls that have waited at a bulkhead for too long.
   *
   * @return whether any still wait
   */
  public boolean tick(long nowNanos) {
    boolean waiting = false;
    for (Bulkhead bulkhead : current.bulkheads()) {
      bulkhead.tick(nowNanos);
      waiting |= bulkhead.waiting() > 0;
    }
    return waiting;
  }

  /** Takes the last second into account; called once a second. */
  public synchronized void observe(long nowNanos) {
    GuardSet set = current;
    TrafficSignals counted = traffic;
    counted.turn(nowNanos);
    NodeSignals signals =
        new NodeSignals(
            counted, set, node.loops.meanLagNanos(), node.heap.observedPercent(nowNanos));
    if (degradation.observe(signals, nowNanos)) {
      for (Lowering lowering : degradation.inForce()) {
        log.warn(
            "Degraded by {} ({}): observed {}, step {}",
            lowering.rule().name(),
            lowering.rule().when(),
            lowering.observed(),
            lowering.step());
      }
      if (degradation.inForce().isEmpty()) {
        log.info("Nothing is degraded any more");
      }
      showLowered();
    }
  }

  /** Notes how late an event loop made itself. */
  public void lag(long lagNanos, long nowNanos) {
    node.loops.lag(lagNanos, nowNanos);
  }

  /** To be told what collections leave. */
  public HeapGuard heap() {
    return node.heap;
  }

  /** How late the event loops made themselves on average lately. */
  public double meanLoopLagNanos() {
    return node.loops.meanLagNanos();
  }

  /** Everybody who waits is refused, and who comes is not let in by bulkheads any more. */
  @Override
  public synchronized void close() {
    unsubscribe.run();
    bulkheads.apply(List.of()).forEach(Bulkhead::close);
  }

  private synchronized void apply() {
    Policies next = policies.current();
    long now = nanoTime.getAsLong();
    if (!next.shedding().equals(node.rule)) {
      node = guarding(next.shedding(), heapAs(next.shedding(), now), now);
    }
    breakers.apply(each(next.breakers(), BreakerRule::dependency, BreakerRule::of));
    List<Bulkhead> gone =
        bulkheads.apply(each(next.file().bulkheads(), BulkheadRule::dependency, BulkheadRule::of));
    limiters.apply(next.concurrency());
    degradation = degradation.with(next.degradation());
    GuardSet set =
        new GuardSet(
            next,
            node.admission,
            degradation,
            sheds,
            limiters.byName(),
            bulkheads.byName(),
            breakers.byName(),
            instances);
    current = set;
    // After the change: who is refused now finds the new ones.
    gone.forEach(Bulkhead::close);
    shown.show(breakers.byName().values(), bulkheads.byName().values(), limiters.byName().values());
    showLowered();
  }

  /** The rules, and after them those for the instances of dependencies. */
  private <R> List<R> each(
      List<R> rules, Function<R, @Nullable String> dependency, BiFunction<R, String, R> of) {
    List<R> all = new ArrayList<>(rules);
    for (R rule : rules) {
      String name = dependency.apply(rule);
      if (name != null) {
        instances.getOrDefault(name, List.of()).forEach(one -> all.add(of.apply(rule, one)));
      }
    }
    return all;
  }

  private HeapGuard heapAs(SheddingRule rule, long nowNanos) {
    HeapGuard heap = new HeapGuard(rule, nowNanos);
    heap.collected(node.heap.observedPercent(nowNanos), nowNanos);
    return heap;
  }

  private Node guarding(SheddingRule rule, HeapGuard heap, long nowNanos) {
    LoopLagGuard loops = new LoopLagGuard(rule, nowNanos);
    return new Node(rule, heap, loops, new Admission(heap, loops, backoff));
  }

  private void showLowered() {
    lowered.register(
        degradation.inForce().stream()
            .map(one -> MultiGauge.Row.of(Tags.of("rule", one.rule().name()), one.step()))
            .toList(),
        true);
  }

  private void bind(MeterRegistry meters) {
    Gauge.builder("policy.admission.share", this, guards -> guards.node.loops.share())
        .description("Which share of requests may be admitted while event loops are late, 0 to 1")
        .register(meters);
    Gauge.builder("policy.loop.lag", this, guards -> guards.meanLoopLagNanos() / 1e9)
        .description("How late the event loops made themselves on average of the last second")
        .baseUnit("seconds")
        .register(meters);
    Gauge.builder(
            "policy.heap.after.gc",
            this,
            guards -> guards.heap().observedPercent(nanoTime.getAsLong()))
        .description("Percent of the heap in use after the last collection; 0 when that is old")
        .register(meters);
  }
}
