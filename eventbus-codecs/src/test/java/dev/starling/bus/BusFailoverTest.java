package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitTrue;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.patient;
import static dev.starling.bus.TestBus.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls to other nodes, which may be lost or not be there at all. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusFailoverTest {
  private static final BusOptions SMALL =
      new BusOptions(Duration.ofMillis(5), 100, 50, 40, 1024).without(Set.of(Safeguard.HEDGES));

  /** A note with the number 0 says that nothing was done. */
  private static final Address<Note, Note> FUSSY =
      new Address<>("notes", "write.v1", Note.CODEC, Note.CODEC, reply -> reply.number() == 0);

  private TestBus bus;
  private Loop loop;
  private Peer second;
  private Peer third;
  private final Target toSecond = Target.node("n2");
  private final Target toThird = Target.node("n3");
  private final List<@Nullable String> avoided = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx, SMALL);
    loop = bus.loop();
    second = new Peer(vertx, "n2");
    third = new Peer(vertx, "n3");
    bus.node.routeWith(
        (service, caller, avoid) -> {
          avoided.add(avoid);
          return "n2".equals(avoid) ? toThird : toSecond;
        });
  }

  @AfterEach
  void nothingStaysInFlight() {
    assertThat(toSecond.inFlight()).isZero();
    assertThat(toThird.inFlight()).isZero();
  }

  @Test
  void call_otherNode_carriesEverythingInBytes() {
    CallContext context =
        patient()
            .withPrincipal(new Principal("zoe", Set.of("users:read")))
            .withPriority(Priority.CRITICAL)
            .withSafeToRetry(false);
    Future<Note> call = loop.call(Note.WRITE, new Note(7, "a"), context);

    Frame.Request request = second.request(0);

    assertThat(request.service()).isEqualTo("notes");
    assertThat(request.operation()).isEqualTo("write.v1");
    assertThat(request.callerNode()).isEqualTo(TestBus.NODE);
    assertThat(request.callerInstance()).isEqualTo(loop.instance);
    assertThat(request.context().trace()).isEqualTo(context.trace());
    assertThat(request.context().principal()).isEqualTo(context.principal());
    assertThat(request.context().priority()).isEqualTo(Priority.CRITICAL);
    assertThat(request.context().safeToRetry()).isFalse();
    assertThat(Note.CODEC.fromBytes(((EncodedPayload) request.payload()).bytes()))
        .isEqualTo(new Note(7, "a"));
    assertThat(toSecond.inFlight()).isEqualTo(1);

    second.answer(request, encoded(new Note(8, "b")));
    assertThat(await(call)).isEqualTo(new Note(8, "b"));
  }

  @Test
  void nodeLost_safeCalls_moveToAnotherNode() {
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(loop.call(Note.WRITE, new Note(i, "a"), patient()));
    }
    second.request(2);

    bus.node.nodeLost("n2");

    for (int i = 0; i < 3; i++) {
      Frame.Request moved = third.request(i);
      third.answer(moved, (EncodedPayload) moved.payload());
    }
    for (int i = 0; i < 3; i++) {
      assertThat(await(calls.get(i))).isEqualTo(new Note(i, "a"));
    }
    assertThat(avoided).containsExactly(null, null, null, "n2", "n2", "n2");
    assertThat(bus.observed.ended).extracting(TestBus.Observed.Ended::target).containsOnly(toThird);
  }

  @Test
  void nodeLost_callThatIsNotSafe_failsWithNodeLost() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient().withSafeToRetry(false));
    second.request(0);

    bus.node.nodeLost("n2");

    assertThat(failureOf(call)).hasToString("NODE_LOST: n2 was lost while it had the call");
    assertThat(third.count()).isZero();
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.NODE_LOST);
  }

  @Test
  void nodeLost_noOtherNode_failsSafeCallsToo() {
    bus.node.routeWith((service, caller, avoid) -> avoid == null ? toSecond : null);
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    second.request(0);

    bus.node.nodeLost("n2");

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.NODE_LOST);
  }

  @Test
  void nodeLost_secondNodeRefusesTheMovedCall_doesNotClaimThatNothingRan() {
    int calls = 0;
    for (ErrorCode code : ErrorCode.values()) {
      if (code == ErrorCode.UNAVAILABLE || code == ErrorCode.OVERLOADED) {
        continue; // goes on to yet another node
      }
      Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
      second.request(calls);
      bus.node.nodeLost("n2");
      refuse(third, third.request(calls++), code);

      // The first node may have done the work before it was lost.
      BusException failure = failureOf(call);
      assertThat(failure.code()).isEqualTo(code.notExecuted() ? ErrorCode.NODE_LOST : code);
      assertThat(failure).hasMessage("refused");
    }
  }

  @Test
  void nodeLost_secondNodeIsNotThere_doesNotClaimThatNothingRan() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    second.request(0);
    second.leave();
    third.leave();

    bus.node.nodeLost("n2");

    assertThat(failureOf(call)).hasToString("NODE_LOST: starling.node.n2 is not there");
  }

  @Test
  void nodeLost_anotherNode_leavesTheCallsAlone() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient().withSafeToRetry(false));
    Frame.Request request = second.request(0);

    bus.node.nodeLost("n3");
    loop.run(() -> {});
    second.answer(request, encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
  }

  @Test
  void nodeLost_lateReplyOfTheLostNode_isIgnored() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request first = second.request(0);
    bus.node.nodeLost("n2");
    Frame.Request moved = third.request(0);
    assertThat(moved.correlation()).isNotEqualTo(first.correlation());

    second.answer(first, encoded(new Note("of the dead")));
    loop.run(() -> {});
    third.answer(moved, encoded(new Note("of the living")));

    assertThat(await(call)).isEqualTo(new Note("of the living"));
  }

  @Test
  void nodeLost_failedCallsHandlerCallsAgain_everyOldCallEnds() {
    List<Future<Note>> calls = new ArrayList<>();
    List<Future<Note>> again = new CopyOnWriteArrayList<>();
    CallContext unsafe = patient().withSafeToRetry(false);
    loop.run(
        () -> {
          for (int i = 0; i < 40; i++) {
            Future<Note> call = loop.bus().call(Note.WRITE, new Note("old"), unsafe);
            calls.add(call);
            // Two, so that the second takes a slot that was not freed just now.
            call.onFailure(lost -> again.add(loop.bus().call(Note.READ, new Note("new"), unsafe)));
            call.onFailure(lost -> again.add(loop.bus().call(Note.READ, new Note("new"), unsafe)));
          }
        });
    // Leaves free places between the calls that are lost, for the new ones to take.
    for (int i = 1; i < 20; i++) {
      second.answer(second.request(i), encoded(new Note("answered")));
      await(calls.get(i));
    }
    second.request(39);

    // The router has not heard of it yet, so the new calls go to the lost node as well.
    bus.node.nodeLost("n2");

    loop.run(() -> {});
    assertThat(calls).allMatch(Future::isComplete).filteredOn(Future::failed).hasSize(21);
    assertThat(again).hasSize(42).noneMatch(Future::isComplete);
    assertThat(toSecond.inFlight()).isEqualTo(42);
    bus.node.nodeLost("n2");
    again.forEach(call -> failureOf(call));
  }

  @Test
  void nodeSuspected_safeCallsMove_othersWaitForTheirAnswer() {
    Future<Note> safe = loop.call(Note.WRITE, new Note("safe"), patient());
    Future<Note> unsafe =
        loop.call(Note.WRITE, new Note("unsafe"), patient().withSafeToRetry(false));
    Frame.Request waiting = second.request(1);

    bus.node.nodeSuspected("n2");

    third.answer(third.request(0), encoded(new Note("moved")));
    assertThat(await(safe)).isEqualTo(new Note("moved"));
    assertThat(unsafe.isComplete()).isFalse();
    second.answer(waiting, encoded(new Note("late, but there")));
    assertThat(await(unsafe)).isEqualTo(new Note("late, but there"));
    assertThat(third.count()).isEqualTo(1);
  }

  @Test
  void nodeSuspected_secondNodeRefusesTheMovedCall_doesNotClaimThatNothingRan() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    second.request(0);
    bus.node.nodeSuspected("n2");

    refuse(third, third.request(0), ErrorCode.EXPIRED);

    assertThat(failureOf(call)).hasToString("NODE_LOST: refused");
  }

  @Test
  void call_refusedWithoutBeingDone_movesEvenAnUnsafeCall() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient().withSafeToRetry(false));

    refuse(second, second.request(0), ErrorCode.OVERLOADED);
    third.answer(third.request(0), encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(bus.observed.failures()).hasSize(1).containsOnlyNulls();
  }

  @Test
  void call_turnedDownByItsReply_movesEvenAnUnsafeCall() {
    Future<Note> call = loop.call(FUSSY, new Note(1, "a"), patient().withSafeToRetry(false));

    second.answer(second.request(0), encoded(new Note(0, "not now")));
    third.answer(third.request(0), encoded(new Note(2, "b")));

    assertThat(await(call)).isEqualTo(new Note(2, "b"));
  }

  @Test
  void call_turnedDownByAll_getsTheLastReply() {
    Future<Note> call = loop.call(FUSSY, new Note(1, "a"), patient());

    second.answer(second.request(0), encoded(new Note(0, "not now")));
    third.answer(third.request(0), encoded(new Note(0, "nor I")));
    second.answer(second.request(1), encoded(new Note(0, "still not")));

    assertThat(await(call)).isEqualTo(new Note(0, "still not"));
  }

  @Test
  void call_refusedByAll_endsWithTheirCode() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());

    refuse(second, second.request(0), ErrorCode.OVERLOADED);
    refuse(third, third.request(0), ErrorCode.OVERLOADED);
    refuse(second, second.request(1), ErrorCode.UNAVAILABLE);

    // No attempt was taken by anybody, so here it is certain that nothing was done.
    assertThat(failureOf(call)).hasToString("UNAVAILABLE: refused");
  }

  @Test
  void call_moreThanTheCreditsOfATarget_isOverloadedAtOnce() {
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < SMALL.creditsPerTarget(); i++) {
      calls.add(loop.call(Note.WRITE, new Note(i, ""), patient()));
    }

    assertThat(failureOf(loop.call(Note.WRITE, new Note("a"), patient())))
        .hasToString("OVERLOADED: notes has 50 calls to answer (expected: fewer)");
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.OVERLOADED);

    for (int i = 0; i < calls.size(); i++) {
      Frame.Request request = second.request(i);
      second.answer(request, (EncodedPayload) request.payload());
      assertThat(await(calls.get(i)).number()).isEqualTo(i);
    }
    assertThat(second.count()).isEqualTo(50);
  }

  @Test
  void nodeLost_retryBudgetSpent_failsTheRest() {
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      calls.add(loop.call(Note.WRITE, new Note(i, ""), patient()));
    }
    second.request(44);

    bus.node.nodeLost("n2");

    // The reserve is 40.
    for (int i = 0; i < 40; i++) {
      Frame.Request request = third.request(i);
      third.answer(request, (EncodedPayload) request.payload());
    }
    for (int i = 0; i < 40; i++) {
      assertThat(await(calls.get(i)).number()).isEqualTo(i);
    }
    for (int i = 40; i < 45; i++) {
      assertThat(failureOf(calls.get(i)).code()).isEqualTo(ErrorCode.NODE_LOST);
    }
    assertThat(third.count()).isEqualTo(40);
  }

  @Test
  void timeoutsInARow_ofATarget_growUntilOneCallIsAnswered() {
    for (int i = 1; i <= 2; i++) {
      failureOf(loop.call(Note.WRITE, new Note("a"), within(Duration.ofMillis(20))));
      assertThat(toSecond.timeoutsInARow()).isEqualTo(i);
    }
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());

    second.answer(second.request(2), encoded(new Note("b")));

    await(call);
    assertThat(toSecond.timeoutsInARow()).isZero();
  }

  @Test
  void call_tooLargeForTheWire_isInvalidArgumentAndNothingIsSent() {
    BusException failure = failureOf(loop.call(Note.WRITE, new Note("x".repeat(1022)), patient()));

    assertThat(failure)
        .hasToString("INVALID_ARGUMENT: message: 1025 bytes (expected: <= 1024 bytes)");
    assertThat(second.count()).isZero();
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void call_requestThatCannotBeWritten_isInvalidArgumentAndNothingIsSent() {
    BusException failure = failureOf(loop.call(Note.WRITE, new Note(-1, "a"), patient()));

    assertThat(failure)
        .hasToString("INVALID_ARGUMENT: notes/write.v1 request: varint: -1 (expected: >= 0)");
    assertThat(second.count()).isZero();
  }

  @Test
  void call_nodeThatIsNotThere_movesEvenAnUnsafeCall() {
    second.leave();
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient().withSafeToRetry(false));

    // Nobody took it, so nothing was done.
    third.answer(third.request(0), encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(avoided).containsExactly(null, "n2");
  }

  @Test
  void call_noNodeIsThere_isUnavailableAfterAFewAttempts() {
    second.leave();
    third.leave();

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(failure).hasToString("UNAVAILABLE: starling.node.n2 is not there");
    assertThat(avoided).containsExactly(null, "n2", "n3");
  }

  @Test
  void call_instanceThatJustLeft_isUnavailable() {
    bus.node.routeWith(bus.node.localInstances());
    // The list says that it is there, the event bus that it is not.
    bus.node.localInstances().add("notes", 99);

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(failure).hasToString("UNAVAILABLE: notes#99 is not there");
    assertThat(bus.node.localInstances().inFlight()).isZero();
  }

  @Test
  void call_sendThrows_isUnavailableAndNothingLeaks() {
    bus.vertx.eventBus().unregisterDefaultCodec(Frame.Request.class);

    BusException failure = failureOf(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void call_frozenNode_endsAtItsDeadline() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), within(Duration.ofMillis(50)));

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    awaitTrue(loop, () -> second.count() == 1);
  }

  private static void refuse(Peer peer, Frame.Request request, ErrorCode code) {
    BusException refused = new BusException(code, "refused");
    peer.send(new Frame.Reply(request.callerInstance(), request.correlation(), refused, null));
  }

  private static EncodedPayload encoded(Note note) {
    return new EncodedPayload(Note.CODEC.toBytes(note));
  }
}
