package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitTrue;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.patient;
import static dev.starling.bus.TestBus.within;
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

/** Calls to a node that takes long: they go to a second one as well. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusHedgeTest {
  /** Four hedges at once. */
  private static final BusOptions SMALL = new BusOptions(Duration.ofMillis(5), 100, 50, 8, 1024);

  private TestBus bus;
  private Loop loop;
  private Peer second;
  private Peer third;
  private final Target toSecond = Target.node("n2");
  private final Target toThird = Target.node("n3");

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx, SMALL);
    loop = bus.loop();
    second = new Peer(vertx, "n2");
    third = new Peer(vertx, "n3");
    bus.node.routeWith((service, caller, avoid) -> "n2".equals(avoid) ? toThird : toSecond);
  }

  @AfterEach
  void nothingStaysInFlight() {
    assertThat(toSecond.inFlight()).isZero();
    assertThat(toThird.inFlight()).isZero();
  }

  @Test
  void call_outForLong_isAnsweredByWhoeverIsFirst() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request first = second.request(0);
    Frame.Request hedge = third.request(0);
    assertThat(((EncodedPayload) hedge.payload()).bytes())
        .isEqualTo(((EncodedPayload) first.payload()).bytes());
    assertThat(hedge.context().trace()).isEqualTo(first.context().trace());

    third.answer(hedge, encoded(new Note("of the quick")));
    assertThat(await(call)).isEqualTo(new Note("of the quick"));
    assertThat(toSecond.inFlight()).as("it is still busy with the call").isEqualTo(1);

    second.answer(first, encoded(new Note("of the slow")));
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
    assertThat(bus.observed.ended).hasSize(1);
    assertThat(bus.observed.hedged).containsExactly(Note.WRITE);
  }

  @Test
  void call_firstNodeAnswersAfterTheHedgeWasSent_isItsAnswer() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request hedge = third.request(0);

    second.answer(second.request(0), encoded(new Note("late, but first")));

    assertThat(await(call)).isEqualTo(new Note("late, but first"));
    third.answer(hedge, encoded(new Note("too late")));
    awaitTrue(loop, () -> toThird.inFlight() == 0);
  }

  @Test
  void call_notSafeToRetry_isNeverAtTwoNodes() {
    Future<Note> unsafe = loop.call(Note.WRITE, new Note(1, "a"), patient().withSafeToRetry(false));
    Future<Note> safe = loop.call(Note.WRITE, new Note(2, "a"), patient());

    third.answer(third.request(0), encoded(new Note("of the safe one")));

    assertThat(await(safe)).isEqualTo(new Note("of the safe one"));
    assertThat(unsafe.isComplete()).isFalse();
    second.answer(second.request(0), encoded(new Note("b")));
    assertThat(await(unsafe)).isEqualTo(new Note("b"));
    assertThat(third.count()).isEqualTo(1);
    second.answer(second.request(1), encoded(new Note("c")));
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void call_hedgesSpent_waitsForItsNode() {
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(loop.call(Note.WRITE, new Note(i, ""), patient()));
    }
    for (int i = 0; i < 4; i++) {
      Frame.Request hedge = third.request(i);
      third.answer(hedge, (EncodedPayload) hedge.payload());
    }
    awaitTrue(loop, () -> calls.stream().filter(Future::isComplete).count() == 4);
    for (int i = 0; i < 6; i++) {
      Frame.Request request = second.request(i);
      second.answer(request, (EncodedPayload) request.payload());
    }
    for (int i = 0; i < 6; i++) {
      assertThat(await(calls.get(i)).number()).isEqualTo(i);
    }
    assertThat(third.count()).isEqualTo(4);
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void nodeLost_callWithAHedge_waitsForThat() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request hedge = third.request(0);

    bus.node.nodeLost("n2");
    loop.run(() -> {});
    assertThat(toSecond.inFlight()).isZero();
    third.answer(hedge, encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(third.count()).as("it is not sent there again").isEqualTo(1);
  }

  @Test
  void nodeLost_bothNodes_failsOnce() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    third.request(0);
    bus.node.routeWith((service, caller, avoid) -> null);

    bus.node.nodeLost("n3");
    bus.node.nodeLost("n2");

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.NODE_LOST);
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.NODE_LOST);
  }

  @Test
  void nodeLost_callThatMovesToTheOwnNode_isNotHedgedAnyMore() {
    List<Promise<Note>> held = TestBus.hold(loop);
    bus.node.routeWith(
        (service, caller, avoid) ->
            avoid == null
                ? toSecond
                : avoid.equals("n2")
                    ? bus.node.localInstances().select(service, caller, avoid)
                    : toThird);
    Future<Note> moved = loop.call(Note.WRITE, new Note("a"), patient());
    second.request(0);
    bus.node.nodeLost("n2");
    TestBus.awaitSize(loop, held, 1);

    // Sent later than the first, so when this one is hedged the other would have been.
    bus.node.routeWith((service, caller, avoid) -> "n2".equals(avoid) ? toThird : toSecond);
    Future<Note> later = loop.call(Note.WRITE, new Note("b"), patient());
    third.answer(third.request(0), encoded(new Note("of the later one")));
    assertThat(await(later)).isEqualTo(new Note("of the later one"));
    second.answer(second.request(1), encoded(new Note("late")));

    held.get(0).complete(new Note("at home"));
    assertThat(await(moved)).isEqualTo(new Note("at home"));
    assertThat(third.count()).isEqualTo(1);
    assertThat(bus.observed.hedged).hasSize(1);
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void nodeSuspected_settledCall_isLeftAlone() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    third.answer(third.request(0), encoded(new Note("b")));
    await(call);

    bus.node.nodeSuspected("n2");
    loop.run(() -> {});

    assertThat(third.count()).isEqualTo(1);
    second.answer(second.request(0), encoded(new Note("c")));
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void call_hedgeIsTurnedAway_waitsForTheFirstNode() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request hedge = third.request(0);

    BusException refused = new BusException(ErrorCode.OVERLOADED, "refused");
    third.send(new Frame.Reply(hedge.callerInstance(), hedge.correlation(), refused, null));
    awaitTrue(loop, () -> toThird.inFlight() == 0);
    second.answer(second.request(0), encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(second.count()).isEqualTo(1);
  }

  @Test
  void call_hedgeFailsForGood_endsAtOnce() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request hedge = third.request(0);

    BusException refused = new BusException(ErrorCode.INTERNAL, "refused");
    third.send(new Frame.Reply(hedge.callerInstance(), hedge.correlation(), refused, null));

    assertThat(failureOf(call)).hasToString("INTERNAL: refused");
    second.answer(second.request(0), encoded(new Note("b")));
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void call_nodeWithSeveralOverdueCalls_isPassedOverUntilItAnswers() {
    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(loop.call(Note.WRITE, new Note(i, ""), patient()));
    }
    third.request(2);

    // Not safe to repeat, so it had better not wait for a node that may be dead.
    CallContext unsafe = patient().withSafeToRetry(false);
    Future<Note> other = loop.call(Note.WRITE, new Note("other"), unsafe);
    third.answer(third.request(3), encoded(new Note("b")));
    assertThat(await(other)).isEqualTo(new Note("b"));
    assertThat(second.count()).isEqualTo(3);

    second.answer(second.request(0), encoded(new Note("awake")));
    await(calls.get(0));
    Future<Note> next = loop.call(Note.WRITE, new Note("next"), unsafe);
    second.answer(second.request(3), encoded(new Note("c")));
    assertThat(await(next)).isEqualTo(new Note("c"));
    for (int i = 0; i < 3; i++) {
      third.answer(third.request(i), encoded(new Note("d")));
      second.answer(second.request(i), encoded(new Note("e")));
    }
    awaitTrue(loop, () -> toThird.inFlight() == 0 && toSecond.inFlight() == 0);
  }

  @Test
  void call_everybodyIsLate_isSentAllTheSame() {
    bus.node.routeWith((service, caller, avoid) -> "n2".equals(avoid) ? null : toSecond);
    toSecond.hedged();
    toSecond.hedged();
    toSecond.hedged();

    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    second.answer(second.request(0), encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(toSecond.isLate()).isFalse();
  }

  @Test
  void call_nobodyAnswers_endsOnceAndCountsAgainstBoth() {
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), within(Duration.ofMillis(300)));
    third.request(0);

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);

    awaitTrue(loop, () -> toThird.inFlight() == 0 && toSecond.inFlight() == 0);
    assertThat(toSecond.timeoutsInARow()).isOne();
    assertThat(toThird.timeoutsInARow()).isOne();
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.DEADLINE_EXCEEDED);
  }

  private static EncodedPayload encoded(Note note) {
    return new EncodedPayload(Note.CODEC.toBytes(note));
  }
}
