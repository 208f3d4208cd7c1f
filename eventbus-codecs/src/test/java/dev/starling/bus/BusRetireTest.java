package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.awaitTrue;
import static dev.starling.bus.TestBus.hold;
import static dev.starling.bus.TestBus.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** An instance that is to go finishes what it has. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusRetireTest {
  private static final Set<String> NOTES = Set.of(Note.WRITE.service());

  private TestBus bus;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx);
  }

  @Test
  void retire_callsInFlight_completesWhenTheyAreAnswered() {
    Loop caller = bus.loop();
    Loop server = bus.loop();
    List<Promise<Note>> held = hold(server);
    Future<Note> first = caller.call(Note.WRITE, new Note("a"), patient());
    Future<Note> second = caller.call(Note.WRITE, new Note("b"), patient());
    awaitSize(server, held, 2);
    assertThat(bus.node.answering()).isEqualTo(2);

    Future<Void> retired = server.on(() -> server.bus().retire(NOTES));
    server.run(() -> held.get(0).complete(new Note("a")));
    await(first);
    server.run(() -> {});
    assertThat(retired.isComplete()).isFalse();

    server.run(() -> held.get(1).complete(new Note("b")));
    await(retired);
    assertThat(await(second)).isEqualTo(new Note("b"));
    assertThat(bus.node.answering()).isZero();
  }

  @Test
  void retire_oneOfTwo_newCallsGoToTheOther() {
    Loop caller = bus.loop();
    Loop first = bus.loop();
    Loop second = bus.loop();
    List<Promise<Note>> held = hold(first);
    second.serve(Note.WRITE, TestBus::echo);

    await(first.on(() -> first.bus().retire(NOTES)));
    for (int i = 0; i < 20; i++) {
      await(caller.call(Note.WRITE, new Note("a"), patient()));
    }

    assertThat(held).isEmpty();
    assertThat(bus.node.localInstances().counts()).containsEntry(Note.WRITE.service(), 1);
  }

  @Test
  void retire_requestsInTheQueue_areAnswered() throws Exception {
    Loop caller = bus.loop();
    Loop server = bus.loop();
    server.serve(Note.WRITE, TestBus::echo);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    Future<Void> retired =
        server.on(
            () -> {
              entered.countDown();
              awaitLatch(sent);
              return server.bus().retire(NOTES);
            });
    awaitLatch(entered);
    AtomicReference<Future<Note>> call = new AtomicReference<>();
    caller.run(() -> call.set(caller.bus().call(Note.WRITE, new Note("a"), patient())));
    sent.countDown();

    await(retired);
    assertThat(await(call.get())).isEqualTo(new Note("a"));
  }

  @Test
  void retire_callThatIsNeverAnswered_endsWhenItsCallerHasGivenUp() {
    Loop caller = bus.loop();
    Loop server = bus.loop();
    List<Promise<Note>> held = hold(server);
    Future<Note> call =
        caller.call(Note.WRITE, new Note("a"), TestBus.within(Duration.ofMillis(50)));
    awaitTrue(server, () -> !held.isEmpty());

    await(server.on(() -> server.bus().retire(NOTES)));

    assertThat(TestBus.failureOf(call).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
  }

  @Test
  void retire_answersFromAnotherThread_areCounted() {
    Loop caller = bus.loop();
    Loop server = bus.loop();
    List<Promise<Note>> held = hold(server);
    Future<Note> call = caller.call(Note.WRITE, new Note("a"), patient());
    awaitSize(server, held, 1);
    Future<Void> retired = server.on(() -> server.bus().retire(NOTES));

    held.get(0).complete(new Note("from the test's thread"));

    await(retired);
    await(call);
    assertThat(bus.node.answering()).isZero();
  }

  @Test
  void retire_twiceAndNothingServed_completes() {
    Loop idle = bus.loop();
    Loop server = bus.loop();
    server.serve(Note.WRITE, TestBus::echo);

    await(idle.on(() -> idle.bus().retire(NOTES)));
    await(server.on(() -> server.bus().retire(NOTES)));
    await(server.on(() -> server.bus().retire(NOTES)));
    assertThat(bus.node.localInstances().counts()).isEmpty();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
