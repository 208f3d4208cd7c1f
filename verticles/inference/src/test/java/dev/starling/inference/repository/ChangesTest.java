package dev.starling.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.inference.repository.Changes.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final Changed DONE = new Changed(Outcome.DONE, "");

  private final Deque<Runnable> executor = new ArrayDeque<>();
  private final Changes changes = new Changes(executor::add, 3);
  private final List<String> begun = new ArrayList<>();

  @Test
  void changes_ofOneModel_areMadeOneAfterTheOther() {
    Promise<Changed> first = Promise.promise();
    submit("a", Kind.LOAD, first.future());
    Future<Changed> second = submit("a", Kind.UNLOAD, Future.succeededFuture(DONE));

    runAll();
    assertThat(begun).containsExactly("a LOAD");

    first.complete(DONE);
    runAll();
    assertThat(begun).containsExactly("a LOAD", "a UNLOAD");
    assertThat(second.succeeded()).isTrue();
  }

  @Test
  void changes_ofTwoModels_areMadeAtOnce() {
    submit("a", Kind.LOAD, Promise.<Changed>promise().future());
    submit("b", Kind.LOAD, Promise.<Changed>promise().future());

    runAll();

    assertThat(begun).containsExactly("a LOAD", "b LOAD");
  }

  @Test
  void change_thatWaitsAlready_isJoined() {
    Promise<Changed> first = Promise.promise();
    submit("a", Kind.LOAD, first.future());
    Future<Changed> second = submit("a", Kind.LOAD, Future.succeededFuture(DONE));
    Future<Changed> third = submit("a", Kind.LOAD, Future.succeededFuture(DONE));

    first.complete(DONE);
    runAll();

    assertThat(begun).as("the one under way has looked already").hasSize(2);
    assertThat(third).isSameAs(second);
  }

  @Test
  void change_oneTooMany_isOverloaded() {
    Promise<Changed> first = Promise.promise();
    submit("a", Kind.LOAD, first.future());
    submit("b", Kind.LOAD, Promise.<Changed>promise().future());
    submit("c", Kind.LOAD, Promise.<Changed>promise().future());

    assertThat(submit("d", Kind.LOAD, Future.succeededFuture(DONE)).cause())
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));

    runAll();
    first.complete(DONE);
    assertThat(submit("d", Kind.LOAD, Future.succeededFuture(DONE)).failed()).isFalse();
  }

  @Test
  void change_thatThrows_failsAndTheNextIsMade() {
    Future<Changed> broken =
        changes.submit(
            "a",
            Kind.LOAD,
            () -> {
              throw new IllegalStateException("a bug");
            });
    Future<Changed> next = submit("a", Kind.UNLOAD, Future.succeededFuture(DONE));

    runAll();

    assertThat(broken.cause()).hasMessage("a bug");
    assertThat(next.result()).isEqualTo(DONE);
  }

  private Future<Changed> submit(String model, Kind kind, Future<Changed> outcome) {
    return changes.submit(
        model,
        kind,
        () -> {
          begun.add(model + " " + kind);
          return outcome;
        });
  }

  private void runAll() {
    while (!executor.isEmpty()) {
      executor.poll().run();
    }
  }
}
