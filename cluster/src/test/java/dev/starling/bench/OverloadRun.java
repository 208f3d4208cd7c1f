package dev.starling.bench;

import dev.starling.load.Footprint;
import dev.starling.load.LabFiles;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import dev.starling.load.SignUps;
import dev.starling.load.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * One node, overloaded: with its guards, or without any. It is asked for what it can do, then for
 * many times as much, then again for what it can do, without a pause.
 */
final class OverloadRun {
  private static final int USERS_OF_EACH = 60;
  private static final int CONCURRENCY = 32;
  private static final int ROUND_MILLIS = 4_000;
  private static final int SETTLE_SECONDS = 4;

  /** So long is the node overloaded before anything counts, and its memory of refusals full. */
  private static final int REFUSE_SECONDS = 10;

  /** Of what the node can do: how much it is asked for to see how fast it is without load. */
  private static final double CALM = 0.5;

  /** A rate that the node can just not keep up with is no rate to measure what is normal at. */
  private static final double NORMAL = 0.9;

  /**
   * @param steps multiples of the capacity, the least first
   * @param calmSeconds how long the node is asked for half of what it can do
   * @param commitDelayMillis added to each commit of the database
   * @param rounds of which the median is the capacity
   */
  record Options(
      Path directory,
      List<Double> steps,
      int seconds,
      int calmSeconds,
      int warmUpSeconds,
      int rounds,
      int connections,
      int commitDelayMillis,
      ProfileCalls.Mix mix,
      int basePort,
      List<String> launcher,
      List<String> jvm) {}

  /**
   * What was measured.
   *
   * @param capacity answers of success a second, in a closed loop, without guards
   * @param calm at half of the capacity
   * @param steps the multiples of the capacity in turn, and the first one again
   * @param goodBySecond good answers in each second of the steps
   * @param secondsUntilNormal from the end of the greatest step
   * @param latenessMillis how late the generator was with 99 % of the calls of its worst step
   */
  record Result(
      boolean guarded,
      double capacity,
      Step calm,
      List<Step> steps,
      int[] goodBySecond,
      double secondsUntilNormal,
      double heapBefore,
      double heapAfter,
      double latenessMillis) {}

  private final Options options;
  private final boolean guarded;
  private final Consumer<String> progress;

  OverloadRun(Options options, boolean guarded, Consumer<String> progress) {
    this.options = options;
    this.guarded = guarded;
    this.progress = progress;
  }

  Result play() {
    progress.accept("starting a node");
    try (Bed bed = Bed.start(spec())) {
      LabNode node = bed.nodes().get(0);
      bed.database().slowCommits(options.commitDelayMillis);
      Map<Importance, List<User>> users = signUp(node);
      OverloadPolicies policies = new OverloadPolicies(users, options.mix.deadline());
      bed.policies(policies.unguarded());
      try (OpenLoop<ProfileCalls> load = ProfileCalls.against(node, users, options.mix)) {
        progress.accept("warming up and measuring the capacity");
        double capacity = capacity(load);
        progress.accept("capacity: %.0f calls/s".formatted(capacity));
        bed.policies(guarded ? policies.guarded() : policies.unguarded());
        if (guarded) {
          progress.accept("warming up to refuse");
          double most = options.steps.get(options.steps.size() - 1);
          enter(load, step("refusing", most, capacity, REFUSE_SECONDS), new Timeline(0, 0));
        }
        return steps(node, load, capacity);
      }
    }
  }

  private Result steps(LabNode node, OpenLoop<ProfileCalls> load, double capacity) {
    enter(load, step("settling", CALM, capacity, SETTLE_SECONDS), new Timeline(0, 0));
    load.ask(ProfileCalls::takeLateness);
    Step calm = step("calm", CALM, capacity, options.calmSeconds);
    enter(load, calm, new Timeline(0, 0));
    load.stop();
    progress.accept(
        "calm: p50 %.1f ms, p99 %.1f ms; the generator was %.1f ms late (p99)"
            .formatted(
                calm.all().admittedMillis(50),
                calm.all().admittedMillis(99),
                load.ask(ProfileCalls::takeLateness).getValueAtPercentile(99) / 1e3));
    double heapBefore = Footprint.of(node).heapBytes();
    List<Step> steps = new ArrayList<>();
    for (double times : options.steps) {
      steps.add(step("%.3g×".formatted(times), times, capacity, options.seconds));
    }
    double first = options.steps.get(0);
    steps.add(step("%.3g× again".formatted(first), first, capacity, options.seconds));
    // The collection made the node stand still; what it owes from then is not counted.
    enter(load, step("settling", CALM, capacity, SETTLE_SECONDS), new Timeline(0, 0));
    load.ask(ProfileCalls::takeLateness);
    Timeline timeline = new Timeline(System.nanoTime(), (double) options.seconds * steps.size());
    double lateness = 0;
    for (Step step : steps) {
      enter(load, step, timeline);
      Histogram late = load.ask(ProfileCalls::takeLateness);
      lateness = Math.max(lateness, late.getValueAtPercentile(99) / 1e3);
      progress.accept(
          "%s: %.0f of %.0f calls/s were answered in time"
              .formatted(step.name(), load.ask(calls -> step.goodput()), step.callsPerSecond()));
    }
    load.stop();
    double heapAfter = Footprint.of(node).heapBytes();
    double end = (double) options.seconds * (steps.size() - 1);
    double normal = NORMAL * Math.min(steps.get(0).goodput(), capacity);
    return new Result(
        guarded,
        capacity,
        calm,
        steps,
        timeline.bySecond(),
        timeline.secondsUntil(end, normal),
        heapBefore,
        heapAfter,
        lateness);
  }

  private Step step(String name, double times, double capacity, int seconds) {
    return new Step(name, times * capacity, seconds, options.mix.deadline().toNanos() / 1_000);
  }

  private static void enter(OpenLoop<ProfileCalls> load, Step step, Timeline timeline) {
    load.ask(calls -> calls.enter(step, timeline));
    long began = load.start(step.callsPerSecond());
    Pause.until(began + (long) (step.seconds() * 1e9));
  }

  private double capacity(OpenLoop<ProfileCalls> load) {
    closedLoop(load, options.warmUpSeconds * 1_000);
    double[] rounds = new double[options.rounds];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = closedLoop(load, ROUND_MILLIS);
    }
    Arrays.sort(rounds);
    return rounds[rounds.length / 2];
  }

  private double closedLoop(OpenLoop<ProfileCalls> load, int millis) {
    Step step = step("closed", 0, 0, 1);
    Timeline nowhere = new Timeline(0, 0);
    load.ask(calls -> calls.enter(step, nowhere));
    long began = System.nanoTime();
    load.closedLoop(CONCURRENCY, millis);
    return step.all().good() / ((System.nanoTime() - began) / 1e9);
  }

  private static Map<Importance, List<User>> signUp(LabNode node) {
    SignUps signUps = new SignUps(node);
    Map<Importance, List<User>> users = new EnumMap<>(Importance.class);
    for (Importance importance : Importance.values()) {
      users.put(importance, signUps.create(USERS_OF_EACH, "write 0"));
    }
    return users;
  }

  private Bed.Spec spec() {
    Map<String, String> environment = new HashMap<>();
    environment.put("STARLING_CLUSTER_STANDALONE", "true");
    // Of the pool one connection reads the feed of changes.
    environment.put("STARLING_POSTGRES_POOL_SIZE", "" + (options.connections + 1));
    environment.put("STARLING_USERS_CACHE_MAX_ENTRIES", "1");
    if (!guarded) {
      // As a service that takes what it gets: nobody is turned away, everybody waits.
      environment.put("STARLING_HTTP_MAX_IN_FLIGHT", "1000000");
      environment.put("STARLING_POSTGRES_MAX_WAITING", "100000");
      environment.put("STARLING_POSTGRES_ACQUIRE_TIMEOUT", "30s");
    }
    return new Bed.Spec(
        options.directory,
        1,
        options.basePort,
        options.launcher,
        options.jvm,
        environment,
        LabFiles.OPEN);
  }
}
