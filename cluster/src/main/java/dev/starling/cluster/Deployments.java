package dev.starling.cluster;

import dev.starling.bus.BusNode;
import dev.starling.cluster.config.LoadedConfig;
import dev.starling.sdk.Instances;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The verticles of this node: which ones, how many, and on which loops.
 *
 * <p>Verticles that run one instance on each event loop share a pod per loop, so that calls among
 * them stay on it; others get pods of their own.
 */
final class Deployments {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final LoadedConfig config;
  private final Vertx vertx;
  private final List<String> names;
  private final Deque<String> deployed = new ArrayDeque<>();

  Deployments(LoadedConfig config, Vertx vertx) {
    this.config = config;
    this.vertx = vertx;
    this.names =
        config.available().names().stream()
            .filter(config.verticles()::runs)
            .sorted(
                Comparator.comparingInt((String name) -> prototype(name).startRank())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
  }

  boolean runs(String name) {
    return names.contains(name);
  }

  boolean needs(Class<?> resource) {
    return names.stream().anyMatch(name -> prototype(name).needs().contains(resource));
  }

  /** Deploys everything and waits; what lets clients in comes last. */
  void start(NodeScope scope, BusNode bus) {
    for (String name : names) {
      if (!instances(name).isPerLoop()) {
        deploy(() -> new Pod(scope, bus, List.of(create(name))), instances(name).count());
      }
    }
    List<String> perLoop = names.stream().filter(name -> instances(name).isPerLoop()).toList();
    if (!perLoop.isEmpty()) {
      deploy(
          () -> new Pod(scope, bus, perLoop.stream().map(this::create).toList()),
          ClusteredVertx.eventLoops());
    }
  }

  /** Stops in the reverse order and waits. */
  void stop() {
    while (!deployed.isEmpty()) {
      Node.await(vertx.undeploy(deployed.pop()), STOP_LIMIT);
    }
  }

  String publicUrl() {
    boolean tls = config.tree().path("http").path("tls").path("enabled").asBoolean();
    return (tls ? "https" : "http")
        + "://"
        + config.tree().path("http").path("host").asText()
        + ":"
        + config.tree().path("http").path("port").asText();
  }

  String describe() {
    return names.stream()
        .map(name -> name + " (" + instances(name) + ")")
        .collect(Collectors.joining(", "));
  }

  private void deploy(Supplier<Deployable> pods, int instances) {
    deployed.push(
        Node.await(vertx.deployVerticle(pods, new DeploymentOptions().setInstances(instances))));
  }

  private Instances instances(String name) {
    return config.verticles().instances().get(name);
  }

  private ServiceVerticle create(String name) {
    return config.available().create(name);
  }

  private ServiceVerticle prototype(String name) {
    return config.available().prototype(name);
  }
}
