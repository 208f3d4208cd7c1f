package dev.starling.fusion.evaluation;

import dev.starling.fusion.core.Resolver;
import dev.starling.fusion.evaluation.Result.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What became of scenarios. Immutable.
 *
 * @param name of the resolver
 */
record Measurement(String name, List<Result> results) {
  Measurement {
    results = List.copyOf(results);
  }

  static Measurement of(
      String name, Resolver resolver, List<Scenario> scenarios, Embedder embedder) {
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      results.add(
          new Result(
              scenario,
              resolver.decide(Situations.of(scenario, scenario.events(), resolver, embedder))));
    }
    return new Measurement(name, results);
  }

  double accuracy() {
    return share(Outcome.RIGHT);
  }

  /** The share of commands that were not meant. */
  double guessed() {
    return share(Outcome.GUESSED);
  }

  double share(Outcome outcome) {
    return count(outcome) / (double) results.size();
  }

  long count(Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  Measurement only(Function<Scenario, Boolean> scenarios) {
    return new Measurement(
        name, results.stream().filter(result -> scenarios.apply(result.scenario())).toList());
  }

  /** How many are right, and of how many, by what makes them depend on each other. */
  List<Bootstrap.Cluster> clusters(Function<Scenario, String> by) {
    Map<String, List<Result>> groups = new TreeMap<>();
    for (Result result : results) {
      groups.computeIfAbsent(by.apply(result.scenario()), key -> new ArrayList<>()).add(result);
    }
    return groups.values().stream()
        .map(
            group ->
                new Bootstrap.Cluster(
                    (int) group.stream().filter(Result::right).count(), group.size()))
        .toList();
  }
}
