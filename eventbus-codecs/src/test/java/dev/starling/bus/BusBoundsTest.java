package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.hold;
import static dev.starling.bus.TestBus.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusBoundsTest {

  private TestBus bus;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx, new BusOptions(Duration.ofMillis(5), 2, 100, 100, 1024));
  }

  @AfterEach
  void nothingStaysInFlight() {
    assertThat(bus.node.localInstances().inFlight()).isZero();
  }

  @Test
  void call_moreInFlightThanAllowed_isOverloadedUntilOneEnds() {
    Loop loop = bus.loop();
    List<Promise<Note>> held = hold(loop);
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      calls.add(loop.call(Note.WRITE, new Note("a"), patient()));
    }

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("b"), patient()));

    assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(failure).hasMessage("calls in flight: 2 (expected: fewer than that)");
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.OVERLOADED);
    awaitSize(loop, held, 2);
    held.get(0).complete(new Note("done"));
    await(calls.get(0));
    calls.add(loop.call(Note.WRITE, new Note("c"), patient()));
    awaitSize(loop, held, 3);
    held.forEach(each -> each.tryComplete(new Note("done")));
    calls.forEach(TestBus::await);
  }

  @Test
  void call_manyAnswered_leavesRoomForMore() {
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, TestBus::echo);

    for (int i = 0; i < 100; i++) {
      assertThat(await(loop.call(Note.WRITE, new Note(i, "a"), patient())))
          .isEqualTo(new Note(i, "a"));
    }
    assertThat(bus.observed.failures()).hasSize(100).containsOnlyNulls();
  }
}
