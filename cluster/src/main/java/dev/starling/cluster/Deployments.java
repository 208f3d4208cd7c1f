package dev.starling.cluster;

import dev.starling.bus.BusNode;
import dev.starling.cluster.config.LoadedConfig;
import dev.starling.sdk.Instances;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The verticles of this node: which ones, how many, and on which loops.
 *
 * <p>Verticles that run one instance on each event loop share a pod per loop, so that calls among
 * them stay on it; others get pods of their own, whose number {@link Scaling} changes.
 */
final class Deployments {
  private final LoadedConfig config;
  private final Vertx vertx;
  private final PatientStart patience;
  private final List<String> names;
  private final Map<String, OwnPods> ownPods = new ConcurrentHashMap<>();
  private final Deque<Supplier<Future<Void>>> stops = new ArrayDeque<>();

  Deployments(LoadedConfig config, Vertx vertx) {
    this.config = config;
    this.vertx = vertx;
    this.patience = new PatientStart(vertx);
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

  /** One of each verticle that runs here, never deployed. */
  Collection<ServiceVerticle> prototypes() {
    return names.stream().map(this::prototype).toList();
  }

  /** Every verticle that was found, whether it runs here or not. */
  Collection<String> available() {
    return config.available().names();
  }

  /** The instances of a verticle that has a number of them; null for one on each loop. */
  @Nullable OwnPods ownPods(String name) {
    return ownPods.get(name);
  }

  /** Deploys everything and waits; what lets clients in comes last. */
  void start(NodeScope scope, BusNode bus) {
    for (String name : names) {
      if (!instances(name).isPerLoop()) {
        OwnPods pods = new OwnPods(vertx, () -> new Pod(scope, bus, List.of(create(name))));
        ownPods.put(name, pods);
        stops.push(() -> pods.resize(0));
        Node.await(patience.start(name, () -> pods.resize(instances(name).count())));
      }
    }
    List<String> perLoop = names.stream().filter(name -> instances(name).isPerLoop()).toList();
    if (!perLoop.isEmpty()) {
      Supplier<Deployable> pods =
          () -> new Pod(scope, bus, perLoop.stream().map(this::create).toList());
      DeploymentOptions eachLoop =
          new DeploymentOptions().setInstances(ClusteredVertx.eventLoops());
      String id =
          Node.await(
              patience.start(
                  String.join(", ", perLoop), () -> vertx.deployVerticle(pods, eachLoop)));
      stops.push(() -> vertx.undeploy(id));
    }
  }

  /** Stops in the reverse order and waits, for {@code limit} in all. */
  void stop(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!stops.isEmpty()) {
      Node.await(stops.pop().get(), Duration.ofNanos(Math.max(1, end - System.nanoTime())));
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
