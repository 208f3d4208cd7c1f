package dev.starling.sdk;

import static dev.starling.sdk.SdkNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.operation.OperationContract;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PodTest {
  private final SdkNode node = new SdkNode();
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void deploy_several_startsEachWhenTheOneBeforeIsReady() {
    Promise<Void> ready = Promise.promise();
    Future<String> deployed =
        node.vertx.deployVerticle(
            new Pod(
                node.scope, node.busNode, List.of(new Logged("a", ready::future), logged("b"))));
    while (!log.contains("a opens")) {
      Thread.onSpinWait();
    }
    assertThat(log).containsExactly("a opens");
    assertThat(node.announced()).isEmpty();

    ready.complete();

    String id = await(deployed);
    assertThat(log).containsExactly("a opens", "b opens");
    assertThat(node.announced()).containsExactly("a", "b");
    node.undeploy(id);
    assertThat(log).containsExactly("a opens", "b opens", "b shuts", "a shuts");
    assertThat(node.announced()).isEmpty();
  }

  @Test
  void deploy_secondFails_takesTheFirstDown() {
    assertThatThrownBy(
            () ->
                node.deploy(
                    logged("a"),
                    new Logged("b", () -> Future.failedFuture("b cannot open")),
                    logged("c")))
        .hasMessage("b cannot open");

    assertThat(log).containsExactly("a opens", "b opens", "b shuts", "a shuts");
    assertThat(node.announced()).isEmpty();
    assertThat(node.busNode.localInstances().counts()).isEmpty();
  }

  @Test
  void deploy_secondThrows_takesTheFirstDown() {
    assertThatThrownBy(
            () ->
                node.deploy(
                    logged("a"),
                    new Logged("b", Future::succeededFuture) {
                      @Override
                      protected void declare(Operations on) {
                        on.get("no-slash", String.class, call -> reply("x"));
                      }
                    }))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(log).containsExactly("a opens", "b shuts", "a shuts");
    assertThat(node.busNode.localInstances().counts()).isEmpty();
  }

  @Test
  void open_afterAnotherCompletedElsewhere_runsOnThePodsContext() {
    // A bug there was: the second service was registered with the loop that completed the first.
    Logged first = new Logged("a", this::completedElsewhere);
    Context other = node.vertx.getOrCreateContext();
    Logged second = new Logged("b", () -> completedOn(other));
    Logged third = logged("c");

    String id = node.deploy(first, second, third);

    assertThat(first.openedOn).isNotNull();
    for (Logged one : List.of(first, second, third)) {
      assertThat(one.openedOn).isSameAs(first.openedOn);
      assertThat(one.own()).isSameAs(first.openedOn);
    }
    for (Logged one : List.of(first, second, third)) {
      node.call(
          bus ->
              bus.call(
                  OperationContract.operate(one.name()),
                  OperationRunnerTest.request(one.name() + ".get"),
                  SdkNode.caller()));
      // A message has a context of its own, on the thread of the one that it was sent to.
      assertThat(one.handledBy).isSameAs(first.openedBy);
    }

    List<Thread> stopping = Collections.synchronizedList(new ArrayList<>());
    node.catalog.onChange(services -> stopping.add(Thread.currentThread()));
    stopping.clear();
    node.undeploy(id);

    assertThat(stopping).hasSize(3).containsOnly(first.openedBy);
    for (Logged one : List.of(first, second, third)) {
      assertThat(one.shutOn).isSameAs(first.openedOn);
    }
  }

  @Test
  void undeploy_oneFails_stopsTheOthersAll() {
    Logged first = logged("a");
    Logged second =
        new Logged("b", Future::succeededFuture) {
          @Override
          protected Future<?> shut() {
            super.shut();
            throw new IllegalStateException("b cannot shut");
          }
        };
    String id = node.deploy(first, second);

    node.undeploy(id);

    assertThat(log).containsExactly("a opens", "b opens", "b shuts", "a shuts");
    assertThat(node.announced()).isEmpty();
    assertThat(node.busNode.localInstances().counts()).isEmpty();
  }

  private Logged logged(String name) {
    return new Logged(name, Future::succeededFuture);
  }

  /**
   * Completes on a thread that is nobody's context, and only when those who are called now have
   * said what comes next.
   */
  private Future<Void> completedElsewhere() {
    Promise<Void> promise = Promise.promise();
    node.vertx.runOnContext(
        called -> new Thread(() -> promise.complete(), "another thread").start());
    return promise.future();
  }

  /** The same, on another event loop. */
  private Future<Void> completedOn(Context other) {
    Promise<Void> promise = Promise.promise();
    node.vertx.runOnContext(called -> other.runOnContext(now -> promise.complete()));
    return promise.future();
  }

  private class Logged extends ServiceVerticle {
    private final String name;
    private final Supplier<Future<?>> opening;
    @Nullable Context openedOn;
    @Nullable Thread openedBy;
    @Nullable Thread handledBy;
    @Nullable Context shutOn;

    Logged(String name, Supplier<Future<?>> opening) {
      this.name = name;
      this.opening = opening;
    }

    @Override
    public String name() {
      return name;
    }

    Context own() {
      return context;
    }

    @Override
    protected void declare(Operations on) {
      on.get("/" + name, Void.class, this::handle).id(name + ".get");
    }

    private Future<Reply<Void>> handle(Call call) {
      handledBy = Thread.currentThread();
      return Future.succeededFuture(Reply.noContent());
    }

    @Override
    protected Future<?> open() {
      log.add(name + " opens");
      openedOn = Vertx.currentContext();
      openedBy = Thread.currentThread();
      return opening.get();
    }

    @Override
    protected Future<?> shut() {
      log.add(name + " shuts");
      shutOn = Vertx.currentContext();
      // Whoever is stopped next must not be stopped on the thread that completes this.
      return completedElsewhere();
    }
  }
}
