package dev.starling.fusion.evaluation;

import ai.onnxruntime.OrtException;
import dev.starling.fusion.core.Resolver;
import dev.starling.testkit.MiniLm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures how well what users say is understood, on held-out scenarios, with the embedding model
 * that ships, beside baselines. {@code scripts/fusion-eval} runs it. It ends with 1 when what has
 * to be shown is not, and with 2 when its arguments are wrong.
 */
public final class FusionEvaluation {
  static final double LEAST_ACCURACY = 0.95;

  /** Of the published system, which the interval's lower end has to be above. */
  static final double PUBLISHED = 0.916;

  static final double MOST_GUESSES = 0.02;

  /**
   * What is asked for.
   *
   * @param wording whose
   * @param cases at most so many
   * @param misses whether to list what went wrong
   * @param phenomenon the only one, for which nothing has to be shown; empty for all
   * @param scenarios whose order is shuffled; 0 to measure accuracy instead
   */
  private record Options(
      Wording wording,
      long seed,
      int cases,
      boolean misses,
      Optional<Phenomenon> phenomenon,
      int scenarios,
      int orders) {

    static Options parse(List<String> arguments) {
      Wording wording = Wording.heldOut();
      long seed = 1;
      int cases = Integer.MAX_VALUE;
      boolean misses = false;
      Optional<Phenomenon> phenomenon = Optional.empty();
      int scenarios = 0;
      int orders = 20;
      for (int i = 0; i < arguments.size(); i++) {
        switch (arguments.get(i)) {
          case "--wording" -> wording = Wording.of(arguments.get(++i));
          case "--seed" -> seed = Long.parseLong(arguments.get(++i));
          case "--cases" -> cases = Integer.parseInt(arguments.get(++i));
          case "--misses" -> misses = true;
          case "--phenomenon" ->
              phenomenon =
                  Optional.of(Phenomenon.valueOf(arguments.get(++i).toUpperCase(Locale.ROOT)));
          case "--determinism" -> {
            scenarios = Integer.parseInt(arguments.get(++i));
            orders = Integer.parseInt(arguments.get(++i));
          }
          default -> throw new IllegalArgumentException(arguments.get(i) + ": no such option");
        }
      }
      if (cases < 1) {
        throw new IllegalArgumentException("--cases: " + cases + " (expected: > 0)");
      }
      return new Options(wording, seed, cases, misses, phenomenon, scenarios, orders);
    }
  }

  private final Options options;
  private final Embedder embedder;

  private FusionEvaluation(Options options, Embedder embedder) {
    this.options = options;
    this.embedder = embedder;
  }

  private boolean run() {
    return options.scenarios() > 0 ? shuffle() : measure();
  }

  private boolean shuffle() {
    Map<String, Resolver> baselines = Contestants.baselines();
    Resolver resolver = Contestants.own().orElseGet(() -> baselines.get("keyword rules"));
    List<Scenario> scenarios =
        new Generator(options.wording(), options.seed()).some(options.scenarios());
    List<String> differing =
        new Determinism(resolver, Contestants::bytes, embedder)
            .differing(scenarios, options.orders(), options.seed());
    System.out.printf(
        Locale.ROOT,
        "%s: %d scenarios in %d random orders of arrival each, seed %d: %d differ%n",
        resolver.getClass().getSimpleName(),
        scenarios.size(),
        options.orders(),
        options.seed(),
        differing.size());
    differing.forEach(System.out::println);
    return differing.isEmpty();
  }

  private boolean measure() {
    List<Scenario> taken =
        new Generator(options.wording(), options.seed())
            .some(
                options.cases(),
                phenomenon -> options.phenomenon().map(phenomenon::equals).orElse(true));
    List<Measurement> measurements = new ArrayList<>();
    Contestants.own()
        .ifPresent(
            resolver -> measurements.add(Measurement.of("starling", resolver, taken, embedder)));
    Contestants.baselines()
        .forEach(
            (name, resolver) ->
                measurements.add(Measurement.of(name, resolver, taken, Embedder.NONE)));
    System.out.print(new Report(measurements, options.wording().name(), options.seed()));
    Measurement first = measurements.get(0);
    if (options.misses()) {
      System.out.printf("%nmisses of %s%n", first.name());
      first.results().stream()
          .filter(result -> !result.right())
          .map(Result::describe)
          .sorted()
          .forEach(System.out::println);
    }
    return options.phenomenon().isPresent() || shown(first);
  }

  private boolean shown(Measurement measurement) {
    double low = Report.byTemplate(measurement, options.seed()).low();
    System.out.println();
    return within("right", measurement.accuracy(), LEAST_ACCURACY, true)
        & within("lower end of the interval", low, PUBLISHED, true)
        & within("guessed", measurement.guessed(), MOST_GUESSES, false);
  }

  private static boolean within(String what, double value, double bound, boolean atLeast) {
    boolean met = atLeast ? value >= bound : value <= bound;
    System.out.printf(
        Locale.ROOT,
        "%-8s %s: %.2f %% (expected: %s %.1f %%)%n",
        met ? "met" : "NOT MET",
        what,
        100 * value,
        atLeast ? "at least" : "at most",
        100 * bound);
    return met;
  }

  /** See {@code scripts/fusion-eval --help}. */
  public static void main(String[] arguments) throws IOException, OrtException {
    Options options;
    try {
      options = Options.parse(List.of(arguments));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println("scripts/fusion-eval: " + e.getMessage());
      System.exit(2);
      return;
    }
    try (MiniLm model = new MiniLm()) {
      if (!new FusionEvaluation(options, Embedder.remembering(model)).run()) {
        System.exit(1);
      }
    }
  }
}
