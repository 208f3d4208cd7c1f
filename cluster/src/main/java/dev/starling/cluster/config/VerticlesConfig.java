package dev.starling.cluster.config;

import dev.starling.sdk.Instances;
import java.util.List;
import java.util.Map;

/**
 * Which verticles the node runs.
 *
 * @param run their names; empty for all that were found
 * @param path a directory of jars with further verticles; empty for none
 * @param instances how many of each, by name, for every verticle that was found
 */
public record VerticlesConfig(List<String> run, String path, Map<String, Instances> instances) {

  public VerticlesConfig {
    run = List.copyOf(run);
    instances = Map.copyOf(instances);
  }

  public boolean runs(String name) {
    return run.isEmpty() || run.contains(name);
  }
}
