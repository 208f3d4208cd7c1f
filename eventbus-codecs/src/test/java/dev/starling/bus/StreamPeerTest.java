package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitTrue;
import static dev.starling.bus.TestBus.failureOf;
import static dev.starling.bus.TestBus.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams whose other end is on another node, frame by frame. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StreamPeerTest {
  private static final StreamOptions SMALL = options(Duration.ofMinutes(1), Duration.ofMinutes(2));

  private Vertx vertx;
  private TestBus bus;
  private Loop loop;
  private Peer peer;
  private final List<Note> items = new CopyOnWriteArrayList<>();
  private final List<String> closed = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable BusStream<Note, Note>> stream = new AtomicReference<>();

  @BeforeEach
  void keep(Vertx newVertx) {
    vertx = newVertx;
  }

  @Test
  void open_atAnotherNode_grantsAWindowAndThenHalvesOfIt() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(10, 1000));

    for (int i = 1; i <= 4; i++) {
      peer.send(data(own, i));
    }

    awaitTrue(loop, () -> items.size() == 4);
    assertThat(peer.frameAt(1)).isEqualTo(new StreamFrame.Grant(own, served(), 0, credit(6, 102)));
    assertThat(peer.frameAt(2)).isEqualTo(new StreamFrame.Grant(own, served(), 0, credit(8, 104)));
    assertThat(items).extracting(Note::number).containsExactly(1, 2, 3, 4);
  }

  @Test
  void send_toAnotherNode_isNumberedAndWithinItsCredit() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(2, 1000));

    loop.run(
        () -> {
          assertThat(stream().send(new Note(1, "a"))).isTrue();
          assertThat(stream().send(new Note(2, "b"))).isFalse();
        });
    StreamFrame.Data second = (StreamFrame.Data) peer.frameAt(2);
    assertThat(second.number()).isEqualTo(2);
    assertThat(Note.CODEC.fromBytes(((EncodedPayload) second.payload()).bytes()))
        .isEqualTo(new Note(2, "b"));

    // An old grant that comes late takes nothing back.
    peer.send(new StreamFrame.Grant(served(), own, 0, credit(4, 1000)));
    peer.send(new StreamFrame.Grant(served(), own, 0, credit(3, 900)));
    awaitTrue(loop, () -> stream().isWritable());
    loop.run(
        () -> {
          assertThat(stream().send(new Note(3, "c"))).isTrue();
          assertThat(stream().send(new Note(4, "d"))).isFalse();
        });
  }

  @Test
  void nodeLost_withAStream_endsItAtOnce() {
    start(SMALL);
    openHere(new Credit(1, 1));

    bus.node.nodeLost("n3");
    bus.node.nodeLost("n2");

    awaitTrue(loop, () -> !closed.isEmpty());
    assertThat(closed).containsExactly("NODE_LOST: n2 was lost with its streams");
    assertThat(bus.node.streams()).isZero();
  }

  @Test
  void nodeLost_whileOpening_failsTheOpening() {
    start(SMALL);
    Future<?> opening =
        loop.on(
            () -> loop.bus().open(Note.STREAM, new Note("go"), patient().withSafeToRetry(false)));
    peer.request(0);

    bus.node.nodeLost("n2");

    assertThat(failureOf(opening).code()).isEqualTo(ErrorCode.NODE_LOST);
    assertThat(bus.node.streams()).isZero();
  }

  @Test
  void nodeLost_ofTheCaller_endsTheProducer() {
    start(SMALL);
    serveAndOpenFromPeer(new Credit(1, 1));

    bus.node.nodeLost("n2");

    awaitTrue(loop, () -> !closed.isEmpty());
    assertThat(closed).containsExactly("NODE_LOST: n2 was lost with its streams");
  }

  @Test
  void data_withAGap_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));

    peer.send(data(own, 1));
    peer.send(data(own, 3));

    assertReset(1, "INTERNAL: item number: 3 (expected: 2)");
  }

  @Test
  void data_twice_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));

    peer.send(data(own, 1));
    peer.send(data(own, 1));

    assertReset(1, "INTERNAL: item number: 1 (expected: 2)");
  }

  @Test
  void data_beyondTheCredit_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));
    loop.run(() -> stream().pause());

    for (int i = 1; i <= 5; i++) {
      peer.send(data(own, i));
    }

    assertReset(1, "INTERNAL: item 5 is beyond the credit (expected: <= 4 items, 100 bytes)");
    assertThat(items).hasSize(4);
  }

  @Test
  void grant_afterALostItem_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));

    peer.send(new StreamFrame.Grant(served(), own, 1, credit(9, 9)));

    assertReset(1, "INTERNAL: items: 0 arrived (expected: 1, as many as were sent)");
  }

  @Test
  void end_afterALostItem_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));

    peer.send(data(own, 1));
    peer.send(new StreamFrame.End(served(), own, 2));

    assertReset(1, "INTERNAL: items: 1 arrived (expected: 2, as many as were sent)");
  }

  @Test
  void data_malformed_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));

    peer.send(new StreamFrame.Data(served(), own, 1, new EncodedPayload(new byte[] {0, 9})));

    assertReset(1, "INTERNAL: item 1: length: 9 (expected: 0..0, the remaining bytes)");
  }

  @Test
  void data_afterTheEnd_resetsTheStream() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));

    peer.send(new StreamFrame.End(served(), own, 0));
    peer.send(data(own, 1));

    assertReset(1, "INTERNAL: item 1 came after the end");
  }

  @Test
  void frame_ofAnUnknownStream_isRefused() {
    start(SMALL);
    StreamEnd own = openHere(new Credit(1, 1));
    StreamEnd unknown = new StreamEnd(TestBus.NODE, own.instance(), own.stream() + 1);
    StreamEnd absent = new StreamEnd(TestBus.NODE, 99, 0);
    StreamEnd stranger = new StreamEnd("n2", 1, 1);

    peer.send(new StreamFrame.Data(served(), unknown, 1, payload(1)));
    peer.send(new StreamFrame.End(served(), absent, 0));
    // A stream that this caller has not been given, although its own number is right.
    peer.send(new StreamFrame.Grant(stranger, own, 0, credit(5, 5)));
    peer.send(new StreamFrame.Reset(served(), unknown, new BusException(ErrorCode.CANCELLED, "")));

    List<String> refused =
        List.of(1, 2, 3).stream()
            .map(i -> (StreamFrame.Reset) peer.frameAt(i))
            .map(reset -> reset.from() + " " + reset.to() + " " + reset.reason())
            .toList();
    String reason = " CANCELLED: n1 has no such stream";
    assertThat(refused)
        .containsExactlyInAnyOrder(
            unknown + " " + served() + reason,
            absent + " " + served() + reason,
            own + " " + stranger + reason);
    assertThat(closed).isEmpty();
  }

  @Test
  void reset_byAnotherNode_reachesTheProducer() {
    start(SMALL);
    StreamEnd own = serveAndOpenFromPeer(new Credit(1, 1));

    peer.send(
        new StreamFrame.Reset(
            served(), own, new BusException(ErrorCode.CANCELLED, "the client left")));

    awaitTrue(loop, () -> !closed.isEmpty());
    assertThat(closed).containsExactly("CANCELLED: the client left");
  }

  @Test
  void check_silentPeer_isToldAndGivenUp() {
    start(options(Duration.ofMillis(20), Duration.ofMillis(200)));
    StreamEnd own = openHere(new Credit(1, 1));

    awaitTrue(loop, () -> !closed.isEmpty());

    assertThat(closed).containsExactly("DEADLINE_EXCEEDED: n2 was silent for too long");
    // Before that, this end has said that it is there.
    assertThat(peer.frameAt(1)).isEqualTo(new StreamFrame.Grant(own, served(), 0, credit(4, 100)));
  }

  @Test
  void check_peerThatKeepsAlive_isKept() {
    start(options(Duration.ofMillis(10), Duration.ofMillis(400)));
    StreamEnd own = openHere(new Credit(1, 1));

    // As many as come in longer than the idle time: this end sends one each 10 or 20 ms.
    for (int i = 1; i <= 60; i++) {
      assertThat(peer.frameAt(i)).isInstanceOf(StreamFrame.Grant.class);
      peer.send(new StreamFrame.Grant(served(), own, 0, credit(1, 1)));
    }

    assertThat(closed).isEmpty();
  }

  @Test
  void send_peerIsNotThere_endsTheStream() {
    start(SMALL);
    openHere(new Credit(1, 1));
    peer.leave();

    loop.run(() -> stream().send(new Note("")));

    awaitTrue(loop, () -> !closed.isEmpty());
    assertThat(closed).containsExactly("NODE_LOST: n2 is not there");
  }

  private void start(StreamOptions options) {
    bus = TestBus.start(vertx, BusOptions.defaults().withStreams(options));
    loop = bus.loop();
    peer = new Peer(vertx, "n2");
    bus.node.routeWith((service, caller, avoid) -> "n2".equals(avoid) ? null : Target.node("n2"));
  }

  /** Opens a stream from here, which the peer accepts; gives the end here. */
  private StreamEnd openHere(Credit credit) {
    Future<Opened<Note, Note, Note>> opening =
        loop.on(
            () ->
                loop.bus()
                    .open(Note.STREAM, new Note("go"), patient())
                    .onSuccess(opened -> begin(Objects.requireNonNull(opened.stream()))));
    Frame.Request request = peer.request(0);
    OpenRequest<Note> open =
        Note.STREAM.opening().request().fromBytes(((EncodedPayload) request.payload()).bytes());
    assertThat(open.request()).isEqualTo(new Note("go"));
    assertThat(open.credit()).isEqualTo(credit(4, 100));
    peer.answer(
        request,
        new EncodedPayload(
            Note.STREAM
                .opening()
                .reply()
                .toBytes(
                    new OpenReply<>(
                        new OpenReply.Accepted(served(), credit), new Note("accepted")))));
    assertThat(await(opening).answer()).isEqualTo(new Note("accepted"));
    return open.caller();
  }

  /** Opens a stream from the peer, which is accepted here; gives the end here. */
  private StreamEnd serveAndOpenFromPeer(Credit credit) {
    await(
        loop.on(
            () ->
                loop.bus()
                    .serve(
                        Note.STREAM,
                        (note, call) ->
                            Future.succeededFuture(
                                new Opening.Accept<>(new Note("yes"), this::begin)))));
    Frame.Reply reply =
        peer.ask(
            new Frame.Request(
                "notes",
                "stream.v1",
                "n2",
                served().instance(),
                1,
                patient(),
                new EncodedPayload(
                    Note.STREAM
                        .opening()
                        .request()
                        .toBytes(new OpenRequest<>(served(), credit, new Note("go"))))));
    OpenReply<Note> opened =
        Note.STREAM
            .opening()
            .reply()
            .fromBytes(
                ((EncodedPayload) Objects.requireNonNull(reply.payload(), "" + reply.failure()))
                    .bytes());
    return Objects.requireNonNull(opened.accepted()).served();
  }

  private void begin(BusStream<Note, Note> opened) {
    stream.set(opened);
    opened.onItem(items::add).onClosed(failure -> closed.add(String.valueOf(failure)));
  }

  private BusStream<Note, Note> stream() {
    return Objects.requireNonNull(stream.get());
  }

  /** The frame that arrived as this number resets the stream, which is over here too. */
  private void assertReset(int index, String reason) {
    StreamFrame.Reset reset = (StreamFrame.Reset) peer.frameAt(index);
    assertThat(reset.reason()).hasToString(reason);
    awaitTrue(loop, () -> !closed.isEmpty());
    assertThat(closed).containsExactly(reason);
    assertThat(bus.node.streams()).isZero();
  }

  /** The end at the peer. */
  private static StreamEnd served() {
    return new StreamEnd("n2", 17, 4711);
  }

  private static StreamFrame.Data data(StreamEnd to, int number) {
    return new StreamFrame.Data(served(), to, number, payload(number));
  }

  private static EncodedPayload payload(int number) {
    return new EncodedPayload(Note.CODEC.toBytes(new Note(number, "x")));
  }

  private static Credit credit(long itemCount, long bytes) {
    return new Credit(itemCount, bytes);
  }

  private static StreamOptions options(Duration keepAlive, Duration idleTimeout) {
    return new StreamOptions(100, 4, 100, 60, keepAlive, idleTimeout, Duration.ofMillis(50));
  }
}
