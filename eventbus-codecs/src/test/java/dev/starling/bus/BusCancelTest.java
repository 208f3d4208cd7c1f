package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.awaitTrue;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls that nobody waits for any more, on the side that makes them and on the one that serves. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusCancelTest {
  private static final BusOptions SMALL = new BusOptions(Duration.ofMillis(5), 100, 50, 8, 1024);

  private final Target toSecond = Target.node("n2");
  private final Target toThird = Target.node("n3");
  private final Cancellation cancellation = new Cancellation();
  private TestBus bus;
  private Loop loop;
  private Peer second;
  private Peer third;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx, SMALL);
    loop = bus.loop();
    second = new Peer(vertx, "n2", WireVersions.NEWEST);
    third = new Peer(vertx, "n3", WireVersions.NEWEST);
  }

  private void routeToPeers() {
    bus.node.routeWith((service, caller, avoid) -> "n2".equals(avoid) ? toThird : toSecond);
  }

  // Who calls.

  @Test
  void call_cancelled_failsAtOnceAndItsNodeIsTold() {
    routeToPeers();
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), unhedged());
    Frame.Request request = second.request(0);
    assertThat(request.context().cancellation()).as("what travels with it").isNotNull();

    cancellation.cancel();

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(second.frameAt(1))
        .isEqualTo(new Frame.Cancel(TestBus.NODE, loop.instance, request.correlation()));
    assertThat(toSecond.inFlight()).isZero();
    second.answer(request, encoded(new Note("for nobody")));
    Future<Note> next = loop.call(Note.WRITE, new Note("b"), patient().withSafeToRetry(false));
    second.answer(second.request(2), encoded(new Note("c")));
    assertThat(await(next)).isEqualTo(new Note("c"));
  }

  @Test
  void call_cancelledAfterItsAnswer_tellsNobody() {
    routeToPeers();
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), unhedged());
    second.answer(second.request(0), encoded(new Note("b")));
    assertThat(await(call)).isEqualTo(new Note("b"));

    cancellation.cancel();

    Future<Note> next = loop.call(Note.WRITE, new Note("c"), patient().withSafeToRetry(false));
    second.answer(second.request(1), encoded(new Note("d")));
    assertThat(await(next)).isEqualTo(new Note("d"));
    assertThat(second.count()).isEqualTo(2);
  }

  @Test
  void call_cancelledBefore_isGivenUp() {
    routeToPeers();
    cancellation.cancel();

    Future<Note> call = loop.call(Note.WRITE, new Note("a"), unhedged());

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(second.frameAt(1)).isInstanceOf(Frame.Cancel.class);
  }

  @Test
  void call_hedgedAndCancelled_bothNodesAreToldAndItFailsOnce() {
    routeToPeers();
    Future<Note> call =
        loop.call(Note.WRITE, new Note("a"), patient().withCancellation(cancellation));
    second.request(0);
    third.request(0);

    cancellation.cancel();

    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(second.frameAt(1)).isInstanceOf(Frame.Cancel.class);
    assertThat(third.frameAt(1)).isInstanceOf(Frame.Cancel.class);
    assertThat(bus.observed.failures()).containsExactly(ErrorCode.CANCELLED);
    assertThat(toSecond.inFlight()).isZero();
    assertThat(toThird.inFlight()).isZero();
  }

  @Test
  void call_hedgedAndAnswered_theSlowerNodeIsToldAndStillJudged() {
    routeToPeers();
    Future<Note> call =
        loop.call(Note.WRITE, new Note("a"), patient().withCancellation(cancellation));
    Frame.Request slow = second.request(0);
    third.answer(third.request(0), encoded(new Note("b")));

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(second.frameAt(1))
        .isEqualTo(new Frame.Cancel(TestBus.NODE, loop.instance, slow.correlation()));
    assertThat(toSecond.inFlight()).as("it owes an answer until it gives one").isEqualTo(1);
    second.send(
        new Frame.Reply(
            slow.callerInstance(),
            slow.correlation(),
            new BusException(ErrorCode.CANCELLED, "dropped"),
            null));
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void call_hedgedWithoutACancellation_theSlowerNodeIsLeftAlone() {
    routeToPeers();
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());
    Frame.Request slow = second.request(0);
    third.answer(third.request(0), encoded(new Note("b")));
    assertThat(await(call)).isEqualTo(new Note("b"));

    Future<Note> next = loop.call(Note.WRITE, new Note("c"), patient().withSafeToRetry(false));
    second.answer(second.request(1), encoded(new Note("d")));

    assertThat(await(next)).isEqualTo(new Note("d"));
    second.answer(slow, encoded(new Note("e")));
    awaitTrue(loop, () -> toSecond.inFlight() == 0);
  }

  @Test
  void call_onThisNode_theResponderHasTheSameCancellation() {
    List<CallContext> served = serve();
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), unhedged());
    awaitSize(loop, served, 1);

    cancellation.cancel();

    assertThat(served.get(0).cancellation()).isSameAs(cancellation);
    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.CANCELLED);
  }

  // Who serves.

  @Test
  void request_cancelledByItsSender_itsResponderHears() {
    List<CallContext> served = serve();
    second.send(request("n2", 17, 4711, new Cancellation()));
    awaitSize(loop, served, 1);
    assertThat(bus.node.cancellable()).isEqualTo(1);

    second.send(new Frame.Cancel("n2", 17, 4711));

    awaitTrue(loop, () -> isCancelled(served.get(0)));
  }

  @Test
  void request_cancelOfAnotherSendersNumber_staysAsItIs() {
    List<CallContext> served = serve();
    second.send(request("n2", 17, 4711, new Cancellation()));
    second.send(request("n3", 17, 4712, new Cancellation()));
    awaitSize(loop, served, 2);

    // The node, the context, and the generation of the number.
    third.send(new Frame.Cancel("n3", 17, 4711));
    third.send(new Frame.Cancel("n2", 18, 4711));
    third.send(new Frame.Cancel("n2", 17, 4711 + (1L << 32)));
    third.send(new Frame.Cancel("n3", 17, 4712));

    awaitTrue(loop, () -> isCancelled(served.get(1)));
    assertThat(isCancelled(served.get(0))).isFalse();
  }

  @Test
  void request_cancelAfterItsAnswer_isHarmlessAndNothingIsKept() {
    loop.serve(Note.WRITE, TestBus::echo);
    second.send(request("n2", 17, 4711, new Cancellation()));
    Frame.Reply reply = (Frame.Reply) second.frameAt(0);

    second.send(new Frame.Cancel("n2", 17, reply.correlation()));
    second.send(request("n2", 17, 4712, null));

    assertThat(((Frame.Reply) second.frameAt(1)).failure()).isNull();
    assertThat(bus.node.cancellable()).isZero();
    assertThat(bus.observed.dropped).isEmpty();
  }

  @Test
  void request_refused_isNotKept() {
    second.send(request("n2", 17, 4711, new Cancellation()));

    assertThat(((Frame.Reply) second.frameAt(0)).failure()).isNotNull();
    assertThat(bus.node.cancellable()).isZero();
  }

  @Test
  void request_cancelled_callsMadeInItsCourseAreGivenUpToo() {
    Cancellation ofPeer = new Cancellation();
    Address<Note, Note> elsewhere = new Address<>("elsewhere", "write.v1", Note.CODEC, Note.CODEC);
    bus.node.routeWith((service, caller, avoid) -> toThird);
    loop.serve(Note.WRITE, (note, call) -> loop.bus().call(elsewhere, note, call));
    second.send(request("n2", 17, 4711, ofPeer));
    Frame.Request onward = third.request(0);

    second.send(new Frame.Cancel("n2", 17, 4711));

    assertThat(third.frameAt(1))
        .isEqualTo(new Frame.Cancel(TestBus.NODE, loop.instance, onward.correlation()));
  }

  /** Serves notes without ever answering; gives what came with them. */
  private List<CallContext> serve() {
    List<CallContext> served = new CopyOnWriteArrayList<>();
    loop.serve(
        Note.WRITE,
        (note, call) -> {
          served.add(call);
          return Promise.<Note>promise().future();
        });
    return served;
  }

  private CallContext unhedged() {
    return patient().withSafeToRetry(false).withCancellation(cancellation);
  }

  private static boolean isCancelled(CallContext call) {
    Cancellation found = call.cancellation();
    return found != null && found.isCancelled();
  }

  private static Frame.Request request(
      String callerNode, int instance, long correlation, @Nullable Cancellation cancellation) {
    return new Frame.Request(
        "notes",
        "write.v1",
        callerNode,
        instance,
        correlation,
        patient().withSafeToRetry(false).withCancellation(cancellation),
        encoded(new Note("a")));
  }

  private static EncodedPayload encoded(Note note) {
    return new EncodedPayload(Note.CODEC.toBytes(note));
  }
}
