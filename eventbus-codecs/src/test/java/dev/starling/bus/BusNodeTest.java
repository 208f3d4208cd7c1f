package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.patient;
import static dev.starling.bus.TestBus.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import dev.starling.codec.MalformedFrameException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a node does with frames of another one. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusNodeTest {
  private static final BusOptions SMALL =
      new BusOptions(Duration.ofMillis(5), 100, 100, 100, 1024).without(Set.of(Safeguard.HEDGES));

  private TestBus bus;
  private Loop loop;
  private Peer peer;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx, SMALL);
    loop = bus.loop();
    peer = new Peer(vertx, "n2");
  }

  @Test
  void receive_request_isAnsweredInBytes() {
    loop.serve(
        Note.WRITE,
        (note, call) ->
            Future.succeededFuture(new Note(note.number() + 1, call.principal().subject())));
    CallContext context = patient().withPrincipal(new Principal("zoe", Set.of("a")));

    Frame.Reply reply = peer.ask(request(context, Note.CODEC.toBytes(new Note(4, "a"))));

    assertThat(reply.callerInstance()).isEqualTo(17);
    assertThat(reply.correlation()).isEqualTo(4711);
    assertThat(reply.failure()).isNull();
    assertThat(Note.CODEC.fromBytes(((EncodedPayload) bytesOf(reply)).bytes()))
        .isEqualTo(new Note(5, "zoe"));
  }

  @Test
  void receive_requestForAnAbsentService_isUnavailableAtOnce() {
    assertThat(failure(peer.ask(request(patient(), bytes()))))
        .hasToString("UNAVAILABLE: notes does not run on n1");
  }

  @Test
  void receive_requestForAnInstanceThatJustLeft_isUnavailableAtOnce() {
    // The list says that it is there, the event bus that it is not.
    bus.node.localInstances().add("notes", 99);

    assertThat(failure(peer.ask(request(patient(), bytes()))))
        .hasToString("UNAVAILABLE: notes does not run on n1");
  }

  @Test
  void receive_requestThatIsExpired_isNotStarted() {
    AtomicInteger responded = new AtomicInteger();
    loop.serve(
        Note.WRITE,
        (note, call) -> {
          responded.incrementAndGet();
          return TestBus.echo(note, call);
        });

    Frame.Reply reply = peer.ask(request(within(Duration.ZERO), bytes()));

    assertThat(failure(reply)).hasToString("EXPIRED: the deadline passed on the way");
    assertThat(responded).hasValue(0);
    assertThat(bus.observed.expired).containsExactly("notes");
  }

  @Test
  void receive_requestWithMalformedBody_isInvalidArgument() {
    loop.serve(Note.WRITE, TestBus::echo);

    assertThat(failure(peer.ask(request(patient(), new byte[] {0, 9}))))
        .hasToString("INVALID_ARGUMENT: length: 9 (expected: 0..0, the remaining bytes)");
  }

  @Test
  void receive_responderRaisesMalformedFrame_isNotBlamedOnTheRequest() {
    loop.serve(
        Note.WRITE,
        (note, call) -> {
          throw new MalformedFrameException("of something that the work read");
        });

    assertThat(failure(peer.ask(request(patient(), bytes()))))
        .hasToString("INTERNAL: notes/write.v1 failed");
  }

  static Stream<Bus.Responder<Note, Note>> respondersWithoutAReplyThatCanBeWritten() {
    return Stream.of(
        (note, call) -> Future.succeededFuture(new Note(-1, "a")),
        (note, call) -> Future.succeededFuture());
  }

  @ParameterizedTest
  @MethodSource("respondersWithoutAReplyThatCanBeWritten")
  void receive_replyCannotBeWritten_isInternalAtOnce(Bus.Responder<Note, Note> responder) {
    loop.serve(Note.WRITE, responder);

    assertThat(failure(peer.ask(request(patient(), bytes()))))
        .hasToString("INTERNAL: notes/write.v1 failed");
  }

  @Test
  void receive_replyTooLarge_saysSoAndTheLimit() {
    loop.serve(
        Note.WRITE, (note, call) -> Future.succeededFuture(new Note("x".repeat(note.number()))));

    assertThat(failure(peer.ask(request(patient(), Note.CODEC.toBytes(new Note(1022, ""))))))
        .hasToString("REPLY_TOO_LARGE: reply message: 1025 bytes (expected: <= 1024 bytes)");
    assertThat(peer.ask(request(patient(), Note.CODEC.toBytes(new Note(1021, "")))).failure())
        .isNull();
  }

  @Test
  void receive_responderFailsWithACode_passesItOn() {
    loop.serve(
        Note.WRITE,
        (note, call) ->
            Future.failedFuture(new BusException(ErrorCode.UNKNOWN_OUTCOME, "commit lost")));

    assertThat(failure(peer.ask(request(patient(), bytes()))))
        .hasToString("UNKNOWN_OUTCOME: commit lost");
  }

  @Test
  void receive_malformedFrame_isDroppedAndObserved() {
    // As FrameCodec gives it when the bytes are no frame.
    bus.vertx
        .eventBus()
        .send(
            BusAddresses.node(TestBus.NODE),
            new Frame.Malformed("frame version: 9 (expected: 1)"),
            new DeliveryOptions().setCodecName("q"));

    awaitSize(loop, bus.observed.dropped, 1);
    assertThat(bus.observed.dropped).containsExactly("frame version: 9 (expected: 1)");
  }

  @Test
  void receive_bodyOfAnotherCodec_isDroppedAndObserved() {
    for (Object body : List.of("text", 7, new byte[] {1})) {
      bus.vertx.eventBus().send(BusAddresses.node(TestBus.NODE), body);
    }

    awaitSize(loop, bus.observed.dropped, 3);
    assertThat(bus.observed.dropped).containsOnly("body: not sent by a bus (expected: a frame)");
    loop.serve(Note.WRITE, TestBus::echo);
    assertThat(peer.ask(request(patient(), bytes())).failure()).isNull();
  }

  @Test
  void receive_replyThatNobodyWaitsFor_isIgnored() {
    loop.serve(Note.WRITE, TestBus::echo);
    for (int instance : new int[] {loop.instance, 500}) {
      peer.send(new Frame.Reply(instance, 0, null, new EncodedPayload(bytes())));
      peer.send(
          new Frame.Reply(instance, 1L << 40, new BusException(ErrorCode.INTERNAL, ""), null));
    }

    assertThat(await(loop.call(Note.WRITE, new Note("a"), patient()))).isEqualTo(new Note("a"));
    assertThat(bus.observed.failures()).hasSize(1).containsOnlyNulls();
  }

  @Test
  void start_secondNodeOnOneVertx_failsItsFuture() {
    Future<BusNode> second = BusNode.start(bus.vertx, "n9", SMALL, BusObserver.NONE);

    assertThat(second.failed()).isTrue();
    assertThat(second.cause()).isInstanceOf(IllegalStateException.class);
    assertThat(bus.hasConsumer(BusAddresses.node("n9"))).isFalse();
  }

  @Test
  void close_node_listensNoMoreButAnswersLocally() {
    loop.serve(Note.WRITE, TestBus::echo);

    await(bus.node.close());

    assertThat(bus.hasConsumer(BusAddresses.node(TestBus.NODE))).isFalse();
    assertThat(bus.hasConsumer(BusAddresses.EVENTS)).isFalse();
    assertThat(await(loop.call(Note.WRITE, new Note("a"), patient()))).isEqualTo(new Note("a"));
    await(bus.node.close());
  }

  @Test
  void call_repliedWithMalformedBody_isInternal() {
    bus.node.routeWith((service, caller, avoid) -> Target.node("n2"));
    Future<Note> call = loop.call(Note.WRITE, new Note("a"), patient());

    peer.answer(peer.request(0), new EncodedPayload(new byte[] {0, 7}));

    assertThat(failureOf(call))
        .hasToString(
            "INTERNAL: notes/write.v1 reply: length: 7 (expected: 0..0, the remaining bytes)");
  }

  private static Frame.Request request(CallContext context, byte[] body) {
    return new Frame.Request(
        "notes", "write.v1", "n2", 17, 4711, context, new EncodedPayload(body));
  }

  private static byte[] bytes() {
    return Note.CODEC.toBytes(new Note("a"));
  }

  private static Object bytesOf(Frame.Reply reply) {
    return Objects.requireNonNull(reply.payload());
  }

  private static BusException failure(Frame.Reply reply) {
    return Objects.requireNonNull(reply.failure(), "answered: " + reply);
  }
}
