package dev.starling.sdk;

import static dev.starling.sdk.SdkNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.service.ServiceRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeScopeTest {
  private final SdkNode node = new SdkNode();
  private final NodeScope scope = node.scope;

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void shared_manyAskAtOnce_isMadeOnce() throws Exception {
    int askers = 8;
    AtomicInteger made = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(askers);
    ExecutorService threads = Executors.newFixedThreadPool(askers);
    try {
      for (int round = 0; round < 50; round++) {
        String name = "object-" + round;
        Callable<Object> ask =
            () -> {
              start.await();
              return scope.shared(
                  name,
                  () -> {
                    made.incrementAndGet();
                    return new Object();
                  });
            };
        Set<Object> got = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var asked : threads.invokeAll(Collections.nCopies(askers, ask))) {
          got.add(asked.get());
        }
        assertThat(got).hasSize(1);
        assertThat(made).hasValue(round + 1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shared_madeFromAnother_isMadeToo() {
    String outer = scope.shared("outer", () -> scope.shared("inner", () -> "in") + "+out");

    assertThat(outer).isEqualTo("in+out");
    assertThat(scope.<String>shared("inner", () -> "again")).isEqualTo("in");
  }

  @Test
  void shared_makingFails_isTriedAgain() {
    assertThatThrownBy(
            () ->
                scope.shared(
                    "object",
                    () -> {
                      throw new IllegalStateException("not yet");
                    }))
        .hasMessage("not yet");
    assertThat(scope.<String>shared("object", () -> "now")).isEqualTo("now");
  }

  @Test
  void close_closesWhatWasSharedNewestFirstAndOnce() {
    List<String> closed = new ArrayList<>();
    for (String name : List.of("first", "second", "third")) {
      scope.shared(
          name,
          () ->
              (AutoCloseable)
                  () -> {
                    closed.add(name);
                    if (name.equals("second")) {
                      throw new IllegalStateException("one that fails does not keep the others");
                    }
                  });
    }
    scope.shared("plain", () -> "nothing to close");

    scope.close();
    scope.close();

    assertThat(closed).containsExactly("third", "second", "first");
  }

  @Test
  void once_everyAsker_hearsOnItsOwnContext() {
    Promise<String> work = Promise.promise();
    AtomicInteger begun = new AtomicInteger();
    List<Future<Boolean>> heard = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Promise<Boolean> onOwn = Promise.promise();
      Context own = node.vertx.getOrCreateContext();
      own.runOnContext(
          now ->
              scope
                  .once(
                      "work",
                      () -> {
                        begun.incrementAndGet();
                        return work.future();
                      })
                  .onComplete(
                      done ->
                          onOwn.complete(
                              done.result().equals("done") && Vertx.currentContext() == own)));
      heard.add(onOwn.future());
    }

    // On this thread, which is nobody's context; some may ask only after it.
    work.complete("done");

    for (Future<Boolean> one : heard) {
      assertThat(await(one)).isTrue();
    }
    assertThat(begun).hasValue(1);
  }

  @Test
  void once_failure_isHeardAndNotRemembered() {
    assertThatThrownBy(() -> await(scope.once("work", () -> Future.failedFuture("no"))))
        .hasMessage("no");
    assertThatThrownBy(
            () ->
                await(
                    scope.once(
                        "work",
                        () -> {
                          throw new IllegalStateException("thrown");
                        })))
        .hasMessage("thrown");

    assertThat(await(scope.once("work", () -> Future.succeededFuture("yes")))).isEqualTo("yes");
    assertThat(await(scope.once("work", () -> Future.succeededFuture("later")))).isEqualTo("yes");
  }

  @Test
  void once_failsLater_thoseWhoWaitHearItAndTheNextTriesAgain() {
    Promise<String> work = Promise.promise();
    Future<String> first = scope.once("work", work::future);
    Future<String> second = scope.once("work", () -> Future.succeededFuture("never asked"));

    work.fail("no");

    assertThatThrownBy(() -> await(first)).hasMessage("no");
    assertThatThrownBy(() -> await(second)).hasMessage("no");
    assertThat(await(scope.once("work", () -> Future.succeededFuture("yes")))).isEqualTo("yes");
  }

  @Test
  void once_worksOfOtherNames_mayBeAskedForMeanwhile() {
    Future<String> outer =
        scope.once(
            "outer",
            () ->
                scope
                    .once("inner", () -> Future.succeededFuture("in"))
                    .map(inner -> inner + "+out"));

    assertThat(await(outer)).isEqualTo("in+out");
  }

  @Test
  void instances_lastEnds_serviceIsWithdrawn() {
    ServiceRecord service = new ServiceRecord("users", "1", List.of(), "{}");
    scope.began(service);
    scope.began(service);

    scope.ended("users");
    assertThat(node.announced()).containsExactly("users");
    scope.ended("users");
    assertThat(node.announced()).isEmpty();
    scope.began(service);
    assertThat(node.announced()).containsExactly("users");
  }

  @Test
  void config_section_isLaidOverItsDefaults() {
    node.settings.putObject("limits").put("max", 7);

    assertThat(scope.config("limits", new Limits(1, 2))).isEqualTo(new Limits(1, 7));
    assertThat(scope.config("absent", new Limits(1, 2))).isEqualTo(new Limits(1, 2));
  }

  record Limits(int min, int max) {}

  @Test
  void resource_notProvided_isNamed() {
    scope.provide(String.class, "here");

    assertThat(scope.resource(String.class)).isEqualTo("here");
    assertThatThrownBy(() -> scope.resource(Integer.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this node has no Integer");
  }

  @Test
  void find_notProvided_isEmpty() {
    scope.provide(String.class, "here");

    assertThat(scope.find(String.class)).contains("here");
    assertThat(scope.find(Integer.class)).isEmpty();
  }

  @Test
  void members_ofANodeAlone_areItself() {
    Members alone = Members.alone("n-1");

    assertThat(alone.self()).isEqualTo("n-1");
    assertThat(alone.serving("users")).containsExactly("n-1").isSameAs(alone.serving("orders"));
  }
}
