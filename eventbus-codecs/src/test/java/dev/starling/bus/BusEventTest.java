package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.Bus.Registration;
import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusEventTest {
  private static final Topic<Note> OTHER = new Topic<>("notes.other.v1", Note.CODEC);

  private TestBus bus;

  @BeforeEach
  void start(Vertx vertx) {
    bus = TestBus.start(vertx);
  }

  @Test
  void publish_subscribersOnSeveralContexts_reachesEachOnceOnItsContext() {
    Loop publisher = bus.loop();
    List<Loop> loops = List.of(publisher, bus.loop(), bus.loop());
    List<Note> received = new CopyOnWriteArrayList<>();
    List<Thread> threads = new CopyOnWriteArrayList<>();
    for (Loop loop : loops) {
      loop.run(() -> threads.add(Thread.currentThread()));
      for (int twice = 0; twice < 2; twice++) {
        Thread own = threads.get(threads.size() - 1);
        subscribe(
            loop,
            Note.WRITTEN,
            note -> received.add(new Note(Thread.currentThread() == own ? 1 : 0, note.text())));
      }
    }
    List<Note> other = new CopyOnWriteArrayList<>();
    subscribe(publisher, OTHER, other::add);

    publisher.run(() -> publisher.bus().publish(Note.WRITTEN, new Note("a")));

    awaitSize(publisher, received, 6);
    settle(loops);
    assertThat(received).hasSize(6).containsOnly(new Note(1, "a"));
    assertThat(other).isEmpty();
  }

  @Test
  void publish_anEvent_isOneClusterWideAndOneLocalPublish() {
    Loop loop = bus.loop();
    List<Note> received = new CopyOnWriteArrayList<>();
    subscribe(loop, Note.WRITTEN, received::add);
    List<String> sends = bus.sends();

    loop.run(() -> loop.bus().publish(Note.WRITTEN, new Note("a")));

    awaitSize(loop, received, 1);
    assertThat(sends).containsExactly("starling.events", "starling.topic.notes.written.v1");
  }

  @Test
  void publish_severalEvents_arriveInOrder() {
    Loop publisher = bus.loop();
    Loop subscriber = bus.loop();
    List<Integer> received = new CopyOnWriteArrayList<>();
    subscribe(subscriber, Note.WRITTEN, note -> received.add(note.number()));

    publisher.run(
        () -> {
          for (int i = 0; i < 100; i++) {
            publisher.bus().publish(Note.WRITTEN, new Note(i, ""));
          }
        });

    awaitSize(publisher, received, 100);
    assertThat(received).isSorted();
  }

  @Test
  void publish_nobodySubscribed_isForgotten() {
    Loop loop = bus.loop();

    loop.run(() -> loop.bus().publish(Note.WRITTEN, new Note("a")));

    settle(List.of(loop));
    assertThat(bus.observed.dropped).isEmpty();
  }

  @Test
  void close_subscription_receivesNoMoreAndMayBeClosedTwice() {
    Loop loop = bus.loop();
    List<Note> first = new CopyOnWriteArrayList<>();
    List<Note> second = new CopyOnWriteArrayList<>();
    Registration registration = subscribe(loop, Note.WRITTEN, first::add);
    subscribe(loop, Note.WRITTEN, second::add);

    await(loop.on(registration::close));
    await(loop.on(registration::close));
    loop.run(() -> loop.bus().publish(Note.WRITTEN, new Note("a")));

    awaitSize(loop, second, 1);
    settle(List.of(loop));
    assertThat(first).isEmpty();
  }

  @Test
  void receive_malformedEvent_isDroppedAndObservedByEachSubscriber() {
    Loop loop = bus.loop();
    List<Note> received = new CopyOnWriteArrayList<>();
    subscribe(loop, Note.WRITTEN, received::add);
    subscribe(loop, Note.WRITTEN, received::add);

    bus.vertx
        .eventBus()
        .publish(
            BusAddresses.EVENTS,
            new Frame.Event(Note.WRITTEN.name(), new EncodedPayload(new byte[] {0, 5, 'a'})));

    awaitSize(loop, bus.observed.dropped, 2);
    assertThat(bus.observed.dropped)
        .containsOnly("notes.written.v1: length: 5 (expected: 0..1, the remaining bytes)");
    loop.run(() -> loop.bus().publish(Note.WRITTEN, new Note("good")));
    awaitSize(loop, received, 2);
    assertThat(received).containsOnly(new Note("good"));
  }

  @Test
  void receive_subscriberThrows_othersAndLaterEventsArrive() {
    Loop loop = bus.loop();
    List<Throwable> reported = new CopyOnWriteArrayList<>();
    loop.context().exceptionHandler(reported::add);
    List<Note> received = new CopyOnWriteArrayList<>();
    subscribe(
        loop,
        Note.WRITTEN,
        note -> {
          throw new IllegalStateException("the subscriber's bug");
        });
    subscribe(loop, Note.WRITTEN, received::add);

    loop.run(() -> loop.bus().publish(Note.WRITTEN, new Note("a")));
    loop.run(() -> loop.bus().publish(Note.WRITTEN, new Note("b")));

    awaitSize(loop, received, 2);
    awaitTrue(loop, () -> reported.size() == 2);
  }

  @Test
  void publish_tooLarge_isRefusedAtOnce() {
    Loop loop = bus.loop();
    Note large = new Note("x".repeat(BusOptions.defaults().maxBodyBytes()));

    loop.run(
        () ->
            assertThatThrownBy(() -> loop.bus().publish(Note.WRITTEN, large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                    "notes.written.v1: message: 1048580 bytes (expected: <= 1048576 bytes)"));
  }

  private static Registration subscribe(Loop loop, Topic<Note> topic, Consumer<Note> subscriber) {
    return await(loop.on(() -> loop.bus().subscribe(topic, subscriber)));
  }

  /** Lets what is queued on the node's and the loops' contexts arrive. */
  private void settle(List<Loop> loops) {
    Loop last = bus.loop();
    List<Note> marks = new CopyOnWriteArrayList<>();
    Topic<Note> mark = new Topic<>("test.mark.v1", Note.CODEC);
    for (Loop loop : loops) {
      subscribe(loop, mark, marks::add);
    }
    last.run(() -> last.bus().publish(mark, new Note("")));
    awaitSize(last, marks, loops.size());
  }
}
