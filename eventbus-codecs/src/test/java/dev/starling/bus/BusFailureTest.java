package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.awaitTrue;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.hold;
import static dev.starling.bus.TestBus.patient;
import static dev.starling.bus.TestBus.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import dev.starling.codec.MalformedFrameException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusFailureTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private TestBus bus;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx);
  }

  @AfterEach
  void nothingStaysInFlight() {
    assertThat(bus.node.localInstances().inFlight()).isZero();
  }

  @Test
  void call_serviceThatNobodyServes_isUnavailable() {
    Loop loop = bus.loop();

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(failure).hasMessage("no live node serves notes");
  }

  @Test
  void call_operationThatTheServiceDoesNotHave_isUnavailable() {
    Loop loop = bus.loop();
    loop.serve(Note.READ, TestBus::echo);

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(failure).hasMessage("notes has no operation write.v1");
  }

  @Test
  void call_deadlinePassed_isExpiredAndNothingIsSent() {
    Loop loop = bus.loop();
    AtomicInteger responded = new AtomicInteger();
    loop.serve(
        Note.WRITE,
        (note, call) -> {
          responded.incrementAndGet();
          return TestBus.echo(note, call);
        });
    List<String> sends = bus.sends();

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), within(Duration.ZERO)));

    assertThat(failure.code()).isEqualTo(ErrorCode.EXPIRED);
    loop.run(() -> {});
    assertThat(responded).hasValue(0);
    assertThat(sends).isEmpty();
  }

  @Test
  void call_deadlinePassesInTheQueue_isExpiredAndTheResponderIsNeverCalled() {
    Loop server = bus.loop();
    AtomicInteger responded = new AtomicInteger();
    server.serve(
        Note.WRITE,
        (note, call) -> {
          responded.incrementAndGet();
          return TestBus.echo(note, call);
        });
    CallContext context = within(SHORT);
    AtomicReference<Future<Note>> call = new AtomicReference<>();

    // The request waits behind the turn that sends it, and that turn lasts past the deadline.
    server.run(
        () -> {
          call.set(server.bus().call(Note.WRITE, new Note("a"), context));
          while (!context.isExpired(System.nanoTime())) {
            Thread.onSpinWait();
          }
        });

    // Whichever the loop gets to first: the answer, or the caller's own clock.
    assertThat(failureOf(call.get()).code()).isIn(ErrorCode.EXPIRED, ErrorCode.DEADLINE_EXCEEDED);
    server.run(() -> {});
    assertThat(responded).hasValue(0);
    assertThat(bus.observed.expired).containsExactly("notes");
  }

  @Test
  void call_noAnswer_endsAtTheDeadlineAndALateReplyIsIgnored() {
    Loop loop = bus.loop();
    List<Promise<Note>> held = hold(loop);

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), within(SHORT)));

    assertThat(failure.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(failure).hasMessage("notes/write.v1 did not answer in time");
    Future<Note> next = loop.call(Note.WRITE, new Note("b"), patient());
    awaitSize(loop, held, 2);
    held.get(0).complete(new Note("late"));
    loop.run(() -> {});
    assertThat(next.isComplete()).isFalse();
    held.get(1).complete(new Note("in time"));
    assertThat(await(next)).isEqualTo(new Note("in time"));
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.DEADLINE_EXCEEDED, null);
  }

  static Stream<Bus.Responder<Note, Note>> brokenResponders() {
    return Stream.of(
        (note, call) -> {
          throw new IllegalStateException("secret");
        },
        (note, call) -> {
          throw new AssertionError("secret");
        },
        (note, call) -> {
          // Raised by the work itself, which may have been done: not a bad request.
          throw new MalformedFrameException("secret");
        },
        (note, call) -> Future.failedFuture(new IllegalArgumentException("secret")),
        (note, call) -> Future.failedFuture("secret"),
        (note, call) -> Future.succeededFuture(),
        (note, call) -> null);
  }

  @ParameterizedTest
  @MethodSource("brokenResponders")
  void call_responderFails_isInternalWithoutDetails(Bus.Responder<Note, Note> broken) {
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, broken);

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(failure).hasMessage("notes/write.v1 failed").hasNoCause();
  }

  @Test
  void call_responderFailsWithACode_passesItOn() {
    Loop loop = bus.loop();
    BusException full = new BusException(ErrorCode.OVERLOADED, "queue: full");
    loop.serve(Note.WRITE, (note, call) -> Future.failedFuture(full));

    assertThat(failureOf(loop.call(Note.WRITE, new Note("a"), patient()))).isSameAs(full);
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.OVERLOADED);
  }

  @Test
  void call_fromTheHandlerOfAnExpiredCall_isMade() {
    Loop loop = bus.loop();
    List<Promise<Note>> held = hold(loop);
    loop.serve(Note.READ, TestBus::echo);

    Future<Note> call =
        loop.on(
            () ->
                loop.bus()
                    .call(Note.WRITE, new Note("a"), within(SHORT))
                    .recover(late -> loop.bus().call(Note.READ, new Note("instead"), patient())));

    assertThat(await(call)).isEqualTo(new Note("instead"));
    assertThat(held).hasSize(1);
  }

  @Test
  void call_handlerOfAnExpiredCallThrows_othersEndAllTheSame() {
    Loop loop = bus.loop();
    hold(loop);
    List<Throwable> reported = new CopyOnWriteArrayList<>();
    loop.context().exceptionHandler(reported::add);
    IllegalStateException bug = new IllegalStateException("the caller's bug");
    CallContext context = within(SHORT);

    List<Future<Note>> calls = new ArrayList<>();
    loop.run(
        () -> {
          for (int i = 0; i < 3; i++) {
            Future<Note> call = loop.bus().call(Note.WRITE, new Note("a"), context);
            calls.add(call);
            call.onFailure(
                late -> {
                  throw bug;
                });
          }
        });

    for (Future<Note> call : calls) {
      awaitTrue(loop, call::failed);
    }
    awaitTrue(loop, () -> reported.size() == 3);
    assertThat(reported).containsOnly(bug);
    assertThat(bus.observed.failures()).hasSize(3).containsOnly(ErrorCode.DEADLINE_EXCEEDED);
  }
}
