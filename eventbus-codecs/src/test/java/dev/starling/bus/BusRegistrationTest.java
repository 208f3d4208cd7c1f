package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.hold;
import static dev.starling.bus.TestBus.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Bus.Registration;
import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is registered can be taken back, and nothing is left of it. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusRegistrationTest {
  private TestBus bus;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx);
  }

  @Test
  void serve_registered_isCountedAndListens() {
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, TestBus::echo);
    loop.serve(Note.READ, TestBus::echo);

    assertThat(bus.node.localInstances().counts()).containsOnlyKeys("notes").containsValue(1);
    assertThat(bus.hasConsumer("notes#0")).isTrue();
  }

  @Test
  void close_onlyRegistration_leavesNoConsumerAndNoService() {
    Loop loop = bus.loop();
    Registration registration = loop.serve(Note.WRITE, TestBus::echo);

    await(loop.on(registration::close));

    assertThat(bus.hasConsumer("notes#0")).isFalse();
    assertThat(bus.node.localInstances().counts()).isEmpty();
    assertThat(failureOf(loop.call(Note.WRITE, new Note("a"), patient())).code())
        .isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void close_oneOfTwoOperations_leavesTheOther() {
    Loop loop = bus.loop();
    Registration writing = loop.serve(Note.WRITE, TestBus::echo);
    loop.serve(Note.READ, TestBus::echo);

    await(loop.on(writing::close));

    assertThat(await(loop.call(Note.READ, new Note("a"), patient()))).isEqualTo(new Note("a"));
    assertThat(failureOf(loop.call(Note.WRITE, new Note("a"), patient())))
        .hasMessage("notes has no operation write.v1");
  }

  @Test
  void close_oneOfTwoInstances_movesCallsToTheOther() {
    Loop caller = bus.loop();
    Loop first = bus.loop();
    Loop second = bus.loop();
    Registration registration = first.serve(Note.WRITE, TestBus::echo);
    List<Promise<Note>> held = hold(second);

    await(first.on(registration::close));

    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(caller.call(Note.WRITE, new Note("a"), patient()));
    }
    awaitSize(caller, held, 20);
    held.forEach(promise -> promise.complete(new Note("b")));
    calls.forEach(TestBus::await);
  }

  @Test
  void close_twice_doesNotTakeALaterRegistrationBack() {
    Loop loop = bus.loop();
    Registration first = loop.serve(Note.WRITE, TestBus::echo);
    await(loop.on(first::close));
    // The same responder: only the registration tells them apart.
    loop.serve(Note.WRITE, TestBus::echo);

    await(loop.on(first::close));

    assertThat(await(loop.call(Note.WRITE, new Note("a"), patient()))).isEqualTo(new Note("a"));
  }

  @Test
  void close_thenServeInTheSameTurn_servesOn() {
    Loop loop = bus.loop();
    Registration first = loop.serve(Note.WRITE, TestBus::echo);

    await(
        loop.on(
            () -> {
              first.close();
              return loop.bus()
                  .serve(Note.WRITE, (note, call) -> Future.succeededFuture(new Note("new")));
            }));

    for (int i = 0; i < 10; i++) {
      assertThat(await(loop.call(Note.WRITE, new Note("a"), patient()))).isEqualTo(new Note("new"));
    }
    assertThat(bus.node.localInstances().counts()).containsValue(1);
  }

  @Test
  void close_requestsInTheQueue_areRefusedInsteadOfDropped() throws Exception {
    Loop caller = bus.loop();
    Loop server = bus.loop();
    Registration registration = server.serve(Note.WRITE, TestBus::echo);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    Future<Void> closed =
        server.on(
            () -> {
              entered.countDown();
              awaitLatch(sent);
              return registration.close();
            });
    awaitLatch(entered);
    AtomicReference<Future<Note>> call = new AtomicReference<>();
    // Returns when the request waits in the server's queue, behind the turn that closes.
    caller.run(() -> call.set(caller.bus().call(Note.WRITE, new Note("a"), patient())));
    sent.countDown();

    assertThat(failureOf(call.get()).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    await(closed);
    assertThat(bus.hasConsumer("notes#1")).isFalse();
  }

  @Test
  void serve_sameOperationTwice_failsAndKeepsTheFirst() {
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, TestBus::echo);

    Throwable failure =
        await(
            loop.on(() -> loop.bus().serve(Note.WRITE, (note, call) -> Future.succeededFuture()))
                .<Throwable>map(registration -> new AssertionError("served twice"))
                .otherwise(thrown -> thrown));

    assertThat(failure)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("notes/write.v1 is served on this context already");
    assertThat(await(loop.call(Note.WRITE, new Note("a"), patient()))).isEqualTo(new Note("a"));
  }

  @Test
  void closeBus_everythingRegistered_leavesNoConsumer() {
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, TestBus::echo);
    await(loop.on(() -> loop.bus().subscribe(Note.WRITTEN, note -> {})));
    String topic = BusAddresses.topic(Note.WRITTEN.name());
    assertThat(bus.hasConsumer("notes#0")).isTrue();
    assertThat(bus.hasConsumer(topic)).isTrue();
    assertThat(bus.hasConsumer("starling.inbox#0")).isTrue();

    await(loop.on(() -> loop.bus().close()));

    assertThat(bus.hasConsumer("notes#0")).isFalse();
    assertThat(bus.hasConsumer(topic)).isFalse();
    assertThat(bus.hasConsumer("starling.inbox#0")).isFalse();
    assertThat(bus.node.localInstances().counts()).isEmpty();
  }

  @Test
  void closeBus_callsInFlight_haveAnUnknownOutcome() {
    Loop caller = bus.loop();
    Loop server = bus.loop();
    List<Promise<Note>> held = hold(server);
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(caller.call(Note.WRITE, new Note("a"), patient()));
    }
    awaitSize(caller, held, 3);

    await(caller.on(() -> caller.bus().close()));

    // The server has them: nobody may conclude that nothing was done.
    for (Future<Note> call : calls) {
      assertThat(failureOf(call).code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
    }
    assertThat(bus.node.localInstances().inFlight()).isZero();
    held.forEach(promise -> promise.complete(new Note("into the void")));
    server.run(() -> {});
  }

  @Test
  void closeBus_callFromAFailedCallsHandler_isRefused() {
    Loop loop = bus.loop();
    List<Promise<Note>> held = hold(loop);
    Future<Note> call =
        loop.on(
            () ->
                loop.bus()
                    .call(Note.WRITE, new Note("a"), patient())
                    .recover(closing -> loop.bus().call(Note.WRITE, new Note("again"), patient())));
    awaitSize(loop, held, 1);

    await(loop.on(() -> loop.bus().close()));

    assertThat(failureOf(call)).hasToString("UNAVAILABLE: the bus of this context is closed");
  }

  @Test
  void closeBus_handlerThrows_everythingElseIsClosed() {
    Loop loop = bus.loop();
    List<Promise<Note>> held = hold(loop);
    loop.context().exceptionHandler(thrown -> {});
    List<Future<Note>> calls = new ArrayList<>();
    loop.run(
        () -> {
          for (int i = 0; i < 2; i++) {
            Future<Note> call = loop.bus().call(Note.WRITE, new Note("a"), patient());
            calls.add(call);
            call.onFailure(
                closing -> {
                  throw new IllegalStateException("the caller's bug");
                });
          }
        });
    awaitSize(loop, held, 2);

    await(loop.on(() -> loop.bus().close()));

    assertThat(calls).allMatch(Future::failed);
    assertThat(bus.hasConsumer("notes#0")).isFalse();
    assertThat(bus.hasConsumer("starling.inbox#0")).isFalse();
  }

  @Test
  void closedBus_anyUse_isUnavailable() {
    Loop loop = bus.loop();
    await(loop.on(() -> loop.bus().close()));

    List<Future<?>> uses =
        List.of(
            loop.call(Note.WRITE, new Note("a"), patient()),
            loop.on(() -> loop.bus().serve(Note.WRITE, TestBus::echo)),
            loop.on(() -> loop.bus().subscribe(Note.WRITTEN, note -> {})));

    for (Future<?> use : uses) {
      assertThat(failureOf(use)).hasToString("UNAVAILABLE: the bus of this context is closed");
    }
    await(loop.on(() -> loop.bus().close()));
  }

  @Test
  void undeploy_verticleThatServes_leavesNoConsumer() {
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, TestBus::echo);

    loop.undeploy();

    assertThat(bus.hasConsumer("notes#0")).isFalse();
    assertThat(bus.hasConsumer("starling.inbox#0")).isFalse();
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
