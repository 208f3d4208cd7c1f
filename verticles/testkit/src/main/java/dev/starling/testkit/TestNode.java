package dev.starling.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusNode;
import dev.starling.bus.BusOptions;
import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.bus.TraceContext;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.policy.Policies;
import dev.starling.policy.PolicySource;
import dev.starling.policy.decision.Decisions;
import dev.starling.policy.guards.NodeGuards;
import dev.starling.sdk.Json;
import dev.starling.sdk.LocalCatalog;
import dev.starling.sdk.NodeScope;
import dev.starling.sdk.Pod;
import dev.starling.sdk.ServiceVerticle;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node in the test's own process: real Vert.x, real bus, no network.
 *
 * <p>Threading: used from the test's thread, where every method waits for what it started.
 */
public final class TestNode implements AutoCloseable {
  /** How long a test waits for anything; it bounds a hang and measures nothing. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final ManualClock clock = new ManualClock();
  private final LocalCatalog catalog = new LocalCatalog();
  private final Random random = new Random(1);
  private final ObjectNode settings = Json.MAPPER.createObjectNode();
  private final BusTraffic traffic = new BusTraffic();
  private final Deque<String> deployed = new ArrayDeque<>();
  private final Deque<Supplier<Future<?>>> closers = new ArrayDeque<>();
  private final PolicySource policies = new PolicySource(Policies.shipped());
  private final BusNode busNode;
  private final NodeScope scope;
  private final NodeGuards guards;
  private final Decisions decisions;
  private @Nullable Bus callerBus;
  private @Nullable Context callerContext;

  public TestNode(Path dataDirectory) {
    this.busNode = await(BusNode.start(vertx, "test", BusOptions.defaults(), traffic));
    this.scope =
        new NodeScope(
            "test", "a", dataDirectory, catalog, new SimpleMeterRegistry(), clock, settings);
    this.guards = new NodeGuards(policies, scope.meters(), random::nextDouble, System::nanoTime);
    this.decisions = new Decisions("test", clock, random, scope.meters());
    scope.provide(PolicySource.class, policies);
    scope.provide(NodeGuards.class, guards);
    scope.provide(Decisions.class, decisions);
    deployCaller();
  }

  public Vertx vertx() {
    return vertx;
  }

  public ManualClock clock() {
    return clock;
  }

  public NodeScope scope() {
    return scope;
  }

  public BusNode busNode() {
    return busNode;
  }

  public LocalCatalog catalog() {
    return catalog;
  }

  public BusTraffic traffic() {
    return traffic;
  }

  /** The traffic policy; the shipped one until a test replaces it, at any time. */
  public PolicySource policies() {
    return policies;
  }

  /** Puts the text of a policy file into force. */
  public void policy(String yaml) {
    Policies.Parsed parsed = Policies.parse("policies.yaml", yaml);
    if (parsed instanceof Policies.Parsed.Bad bad) {
      throw new IllegalArgumentException(String.join("\n", bad.mistakes()));
    }
    policies.replace(((Policies.Parsed.Good) parsed).policies());
  }

  /** What stands guard for the policy; a test ticks and observes in the node's place. */
  public NodeGuards guards() {
    return guards;
  }

  /** What the policy refused. */
  public Decisions decisions() {
    return decisions;
  }

  /** The configuration that verticles find; set it before they are deployed. */
  public ObjectNode settings() {
    return settings;
  }

  /** Deploys verticles on one context and returns the deployment's id. */
  public String deploy(ServiceVerticle... verticles) {
    String id = await(vertx.deployVerticle(new Pod(scope, busNode, List.of(verticles))));
    deployed.push(id);
    return id;
  }

  public void undeploy(String deploymentId) {
    deployed.remove(deploymentId);
    await(vertx.undeploy(deploymentId));
  }

  /** Closes something with this node, after the verticles; the last one named is closed first. */
  public void onClose(Supplier<Future<?>> closer) {
    closers.push(closer);
  }

  /** A context that expires long after the test, for a caller with these scopes. */
  public CallContext as(String subject, String... scopes) {
    return anonymous().withPrincipal(new Principal(subject, Set.of(scopes)));
  }

  public CallContext anonymous() {
    return CallContext.expiringAt(
        System.nanoTime() + PATIENCE.toNanos(), TraceContext.start(random));
  }

  /** Calls from a context of the test's own and waits; a failure is thrown as it came. */
  public <Q, R> R call(Address<Q, R> address, Q request, CallContext context) {
    return await(onCaller(bus -> bus.call(address, request, context)));
  }

  /** Runs an operation of a service, as an edge would. */
  public OperationReply operate(String service, OperationRequest request, CallContext context) {
    return call(OperationContract.operate(service), request, context);
  }

  /** Uses the bus of the test's own context. */
  public <T> Future<T> onCaller(Function<Bus, Future<T>> use) {
    Promise<T> done = Promise.promise();
    Context context = callerContext;
    Bus bus = callerBus;
    if (context == null || bus == null) {
      return Future.failedFuture(new IllegalStateException("the caller is not deployed"));
    }
    context.runOnContext(now -> use.apply(bus).onComplete(done));
    return done.future();
  }

  /** Waits for a future and returns its value or throws its failure. */
  public static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing happened within " + PATIENCE, e);
    }
  }

  @Override
  public void close() {
    try {
      await(closeInOrder());
    } finally {
      guards.close();
      scope.close();
    }
  }

  private Future<?> closeInOrder() {
    Future<?> closed = Future.succeededFuture();
    for (String id : deployed) {
      closed = closed.eventually(() -> vertx.undeploy(id));
    }
    for (Supplier<Future<?>> closer : closers) {
      closed = closed.eventually(closer::get);
    }
    return closed.eventually(vertx::close);
  }

  private void deployCaller() {
    await(
        vertx.deployVerticle(
            (Deployable)
                context -> {
                  callerContext = context;
                  callerBus = busNode.join(context);
                  return Future.succeededFuture();
                }));
  }
}
