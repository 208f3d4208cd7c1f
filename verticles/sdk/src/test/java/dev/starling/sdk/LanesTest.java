package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanesTest {
  private final Lanes lanes = new Lanes(2, 1);
  private final List<Promise<String>> begun = new ArrayList<>();

  @Test
  void run_moreThanThereIsRoomFor_waitsInOrderUntilOneEnds() {
    Future<String> first = run();
    Future<String> second = run();
    Future<String> third = run();

    assertThat(begun).hasSize(2);
    begun.get(1).complete("second");
    assertThat(begun).hasSize(3);
    begun.get(2).fail("third");

    assertThat(first.isComplete()).isFalse();
    assertThat(second.result()).isEqualTo("second");
    assertThat(third.failed()).isTrue();
  }

  @Test
  void run_moreThanMayWait_isRefusedAtOnce() {
    for (int i = 0; i < 3; i++) {
      Future<String> accepted = run();
      assertThat(accepted.isComplete()).isFalse();
    }

    assertThat(run().result()).isEqualTo("refused");
    begun.get(0).complete("first");
    assertThat(run().isComplete()).isFalse();
  }

  @Test
  void run_manyThatWaitedAndEndAtOnce_allEnd() {
    Lanes wide = new Lanes(1, 100_000);
    Promise<String> first = Promise.promise();
    wide.run(first::future, () -> Future.succeededFuture("refused"));
    List<Future<String>> waiting = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      waiting.add(
          wide.run(
              () -> Future.succeededFuture("no time was left"),
              () -> Future.succeededFuture("refused")));
    }

    first.complete("first");

    assertThat(waiting).allMatch(Future::succeeded);
  }

  @Test
  void run_workThatThrows_failsAndMakesRoom() {
    Lanes one = new Lanes(1, 1);

    Future<String> broken =
        one.run(
            () -> {
              throw new IllegalStateException("a bug");
            },
            () -> Future.succeededFuture("refused"));

    assertThat(broken.cause()).hasMessage("a bug");
    assertThat(
            one.run(() -> Future.succeededFuture("done"), () -> Future.succeededFuture("refused"))
                .result())
        .isEqualTo("done");
  }

  private Future<String> run() {
    return lanes.run(
        () -> {
          Promise<String> work = Promise.promise();
          begun.add(work);
          return work.future();
        },
        () -> Future.succeededFuture("refused"));
  }
}
