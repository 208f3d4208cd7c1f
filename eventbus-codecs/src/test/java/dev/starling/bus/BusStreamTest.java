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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams between two contexts of one node. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusStreamTest {
  private static final StreamOptions SMALL =
      new StreamOptions(
          6, 4, 100, 60, Duration.ofMillis(20), Duration.ofSeconds(20), Duration.ofMillis(50));

  private TestBus bus;
  private Loop service;
  private Loop caller;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx, BusOptions.defaults().withStreams(SMALL));
    service = bus.loop();
    caller = bus.loop();
  }

  @Test
  void open_accepted_givesTheAnswerAndTheItemsInOrder() {
    serve(stream -> write(stream, 100));

    Reader reader = open(new Note("go"));

    awaitTrue(caller, () -> reader.ended);
    assertThat(reader.answer).isEqualTo(new Note("accepted go"));
    assertThat(reader.numbers()).isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
    assertThat(reader.closed).isEmpty();
  }

  @Test
  void end_ofBothDirections_closesBothEndsWithoutAFailure() {
    List<Object> served = new CopyOnWriteArrayList<>();
    serve(
        stream -> {
          stream.onEnd(stream::end);
          stream.onClosed(failure -> served.add(failure == null ? "ended" : failure));
        });
    Reader reader = open(new Note("go"));

    caller.run(() -> reader.stream().end());

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    awaitTrue(service, () -> !served.isEmpty());
    assertThat(reader.closed).containsExactly("ended");
    assertThat(served).containsExactly("ended");
    assertThat(bus.node.streams()).isZero();
  }

  @Test
  void open_declined_givesTheAnswerAndNoStream() {
    await(
        service.on(
            () ->
                service
                    .bus()
                    .serve(
                        Note.STREAM,
                        (note, call) ->
                            Future.succeededFuture(new Opening.Decline<>(new Note("no"))))));

    Opened<Note, Note, Note> opened =
        await(caller.on(() -> caller.bus().open(Note.STREAM, new Note("go"), patient())));

    assertThat(opened).isEqualTo(new Opened<>(new Note("no"), null));
    assertThat(bus.node.streams()).isZero();
  }

  @Test
  void open_responderThrows_isInternalAndLeavesNothing() {
    await(
        service.on(
            () ->
                service
                    .bus()
                    .serve(
                        Note.STREAM,
                        (note, call) -> {
                          throw new IllegalStateException("a bug");
                        })));

    assertThat(failureOf(caller.on(() -> caller.bus().open(Note.STREAM, new Note(""), patient()))))
        .hasToString("INTERNAL: notes/stream.v1 failed");
    assertThat(bus.node.streams()).isZero();
  }

  @Test
  void open_nobodyServes_isUnavailable() {
    assertThat(failureOf(caller.on(() -> caller.bus().open(Note.STREAM, new Note(""), patient()))))
        .hasToString("UNAVAILABLE: no live node serves notes");
    assertThat(bus.node.streams()).isZero();
  }

  @Test
  void open_beyondTheLimit_isOverloadedUntilOneIsGone() {
    serve(stream -> {});
    List<Reader> readers = new ArrayList<>();
    // Both ends of each are on this node.
    for (int i = 0; i < 3; i++) {
      readers.add(open(new Note("" + i)));
    }

    assertThat(failureOf(caller.on(() -> caller.bus().open(Note.STREAM, new Note(""), patient()))))
        .hasToString("OVERLOADED: streams: 6 are open (expected: fewer)");

    caller.run(() -> readers.get(0).stream().reset(ErrorCode.CANCELLED, "enough"));
    awaitTrue(service, () -> bus.node.streams() == 4);
    open(new Note("again"));
    assertThat(bus.node.streams()).isEqualTo(6);
  }

  @Test
  void send_receiverPaused_stopsAtTheWindowAndGoesOnWhenItResumes() {
    AtomicInteger written = new AtomicInteger();
    serve(stream -> count(stream, written));
    Reader reader = open(new Note("paused"));

    // In turns, so that whatever was under way has arrived.
    for (int i = 0; i < 20; i++) {
      caller.run(() -> {});
      service.run(() -> {});
    }
    assertThat(written).hasValue(SMALL.windowItems());
    assertThat(reader.items).hasSize(SMALL.windowItems());

    caller.run(() -> reader.stream().resume());
    awaitTrue(caller, () -> reader.items.size() > 50);
    // More may come between two looks.
    List<Integer> numbers = reader.numbers();
    assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
  }

  @Test
  void send_largeItems_stopsAtTheWindowInBytes() {
    AtomicInteger written = new AtomicInteger();
    serve(
        stream -> {
          while (stream.isWritable()) {
            stream.send(new Note("x".repeat(60)));
            written.incrementAndGet();
          }
        });

    open(new Note("paused"));

    // The second goes beyond the hundred bytes of the window, and may.
    awaitTrue(service, () -> written.get() == 2);
  }

  @Test
  void send_withoutCredit_resetsBothEnds() {
    List<Object> served = new CopyOnWriteArrayList<>();
    serve(
        stream -> {
          stream.onClosed(failure -> served.add(String.valueOf(failure)));
          for (int i = 0; i < SMALL.windowItems(); i++) {
            stream.send(new Note(""));
          }
          assertThat(stream.isWritable()).isFalse();
          assertThat(stream.send(new Note("one too many"))).isFalse();
        });
    Reader reader = open(new Note("paused"));

    awaitTrue(caller, () -> !reader.closed.isEmpty() && !served.isEmpty());
    assertThat(served).containsExactly("INTERNAL: item 5 was sent without credit");
    assertThat(reader.closed).containsExactly("INTERNAL: item 5 was sent without credit");
    assertThat(reader.items).hasSize(4);
  }

  @Test
  void send_itemTooLarge_resetsBothEnds() {
    serve(stream -> stream.send(new Note("x".repeat(61))));
    Reader reader = open(new Note("go"));

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("INTERNAL: item: 61 bytes (expected: <= 60 bytes)");
  }

  @Test
  void send_afterTheEnd_isIgnored() {
    serve(
        stream -> {
          stream.end();
          assertThat(stream.send(new Note("late"))).isFalse();
          stream.end();
        });
    Reader reader = open(new Note("go"));

    awaitTrue(caller, () -> reader.ended);
    assertThat(reader.items).isEmpty();
    assertThat(reader.closed).isEmpty();
  }

  @Test
  void reset_byTheCaller_reachesTheProducerOnce() {
    List<Object> served = new CopyOnWriteArrayList<>();
    AtomicReference<BusStream<Note, Note>> end = new AtomicReference<>();
    serve(
        stream -> {
          end.set(stream);
          stream.onClosed(failure -> served.add(String.valueOf(failure)));
        });
    Reader reader = open(new Note("go"));

    caller.run(
        () -> {
          reader.stream().reset(ErrorCode.CANCELLED, "the client left");
          reader.stream().reset(ErrorCode.CANCELLED, "the client left");
        });

    awaitTrue(service, () -> !served.isEmpty());
    service.run(() -> assertThat(end.get().send(new Note(""))).isFalse());
    assertThat(served).containsExactly("CANCELLED: the client left");
    assertThat(reader.closed).containsExactly("CANCELLED: the client left");
    assertThat(bus.node.streams()).isZero();
    assertThat(bus.observed.streams)
        .containsExactlyInAnyOrder("CALLER CANCELLED", "SERVICE CANCELLED");
  }

  @Test
  void onItem_handlerThrows_resetsTheStream() {
    serve(
        stream ->
            stream.onItem(
                item -> {
                  throw new IllegalStateException("a bug");
                }));
    Reader reader = open(new Note("go"));

    caller.run(() -> reader.stream().send(new Note("")));

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("INTERNAL: notes/stream.v1 failed");
  }

  @Test
  void stream_bothWays_echoesUnderItsOwnWindows() {
    serve(stream -> stream.onItem(stream::send).onEnd(stream::end));
    Reader reader = open(new Note("go"));

    caller.run(
        () -> {
          BusStream<Note, Note> stream = reader.stream();
          AtomicInteger next = new AtomicInteger();
          Runnable send =
              () -> {
                while (next.get() < 50 && stream.isWritable()) {
                  stream.send(new Note(next.incrementAndGet(), ""));
                }
                if (next.get() == 50) {
                  stream.end();
                }
              };
          stream.onWritable(send);
          send.run();
        });

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("ended");
    assertThat(reader.numbers()).isEqualTo(IntStream.rangeClosed(1, 50).boxed().toList());
  }

  @Test
  void close_registration_endsStreamsThatDoNotDrain() {
    Bus.Registration registration = serve(stream -> {});
    Reader reader = open(new Note("go"));

    await(service.on(registration::close));

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("UNAVAILABLE: notes/stream.v1 is stopping");
    assertThat(failureOf(caller.on(() -> caller.bus().open(Note.STREAM, new Note(""), patient()))))
        .hasToString("UNAVAILABLE: no live node serves notes");
  }

  @Test
  void close_registration_letsAStreamEndByItself() {
    Bus.Registration registration =
        serve(
            stream -> {
              stream.onEnd(stream::end);
              stream.onDrain(
                  () -> {
                    stream.send(new Note(9, "the last"));
                    stream.end();
                  });
            });
    Reader reader = open(new Note("go"));
    caller.run(() -> reader.stream().onEnd(() -> reader.stream().end()));

    await(service.on(registration::close));

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("ended");
    assertThat(reader.numbers()).containsExactly(9);
  }

  @Test
  void close_registration_endsStreamsThatDoNotEndInTime() {
    Bus.Registration registration = serve(stream -> stream.onDrain(() -> {}));
    Reader reader = open(new Note("go"));

    await(service.on(registration::close));

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("UNAVAILABLE: notes/stream.v1 has stopped");
  }

  @Test
  void close_bus_resetsItsStreams() {
    serve(stream -> {});
    Reader reader = open(new Note("go"));

    service.undeploy();

    awaitTrue(caller, () -> !reader.closed.isEmpty());
    assertThat(reader.closed).containsExactly("UNAVAILABLE: the other end is closing");
    assertThat(bus.node.streams()).isZero();
  }

  private Bus.Registration serve(Consumer<BusStream<Note, Note>> begin) {
    return await(
        service.on(
            () ->
                service
                    .bus()
                    .serve(
                        Note.STREAM,
                        (note, call) ->
                            Future.succeededFuture(
                                new Opening.Accept<>(
                                    new Note("accepted " + note.text()), begin)))));
  }

  /** Opens a stream; one for the note "paused" takes nothing until it is resumed. */
  private Reader open(Note request) {
    Reader reader = new Reader();
    await(
        caller.on(
            () ->
                caller
                    .bus()
                    .open(Note.STREAM, request, patient())
                    .onSuccess(opened -> reader.begin(opened, request.text().equals("paused")))));
    return reader;
  }

  private static void write(BusStream<Note, Note> stream, int count) {
    AtomicInteger next = new AtomicInteger();
    Runnable write =
        () -> {
          while (next.get() < count && stream.isWritable()) {
            stream.send(new Note(next.incrementAndGet(), ""));
          }
          if (next.get() == count) {
            stream.end();
          }
        };
    stream.onWritable(write);
    write.run();
  }

  private static void count(BusStream<Note, Note> stream, AtomicInteger written) {
    Runnable write =
        () -> {
          while (stream.isWritable()) {
            stream.send(new Note(written.incrementAndGet(), ""));
          }
        };
    stream.onWritable(write);
    write.run();
  }

  /** What a caller saw of its stream. */
  private static final class Reader {
    final List<Note> items = new CopyOnWriteArrayList<>();
    final List<Object> closed = new CopyOnWriteArrayList<>();
    volatile boolean ended;
    volatile @Nullable Note answer;
    private volatile @Nullable BusStream<Note, Note> stream;

    void begin(Opened<Note, Note, Note> opened, boolean paused) {
      answer = opened.answer();
      stream = opened.stream();
      if (paused) {
        stream().pause();
      }
      stream()
          .onItem(items::add)
          .onEnd(() -> ended = true)
          .onClosed(failure -> closed.add(failure == null ? "ended" : failure.toString()));
    }

    BusStream<Note, Note> stream() {
      BusStream<Note, Note> known = stream;
      if (known == null) {
        throw new AssertionError("there is no stream");
      }
      return known;
    }

    List<Integer> numbers() {
      return items.stream().map(Note::number).toList();
    }
  }
}
