package dev.starling.bus;

import static dev.starling.bus.TestBus.await;
import static dev.starling.bus.TestBus.awaitSize;
import static dev.starling.bus.TestBus.hold;
import static dev.starling.bus.TestBus.patient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.TestBus.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BusCallTest {
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
  void call_servedOnTheSameContext_passesTheIdenticalObjects() {
    Note request = new Note("request");
    Note reply = new Note("reply");
    CallContext context = patient();
    AtomicReference<Object> seenRequest = new AtomicReference<>();
    AtomicReference<Object> seenContext = new AtomicReference<>();
    Loop loop = bus.loop();
    loop.serve(
        Note.WRITE,
        (note, call) -> {
          seenRequest.set(note);
          seenContext.set(call);
          return Future.succeededFuture(reply);
        });

    assertThat(await(loop.call(Note.WRITE, request, context))).isSameAs(reply);
    assertThat(seenRequest.get()).isSameAs(request);
    assertThat(seenContext.get()).isSameAs(context);
  }

  @Test
  void call_servedOnTheSameContext_isTwoSendsOverTheEventBus() {
    List<String> sends = bus.sends();
    Loop loop = bus.loop();
    loop.serve(Note.WRITE, TestBus::echo);

    await(loop.call(Note.WRITE, new Note("a"), patient()));

    assertThat(sends).containsExactly("notes#0", "starling.inbox#0");
  }

  @Test
  void call_servedOnAnotherContext_isTwoSendsOverTheEventBus() {
    List<String> sends = bus.sends();
    Loop caller = bus.loop();
    bus.loop().serve(Note.WRITE, TestBus::echo);

    await(caller.call(Note.WRITE, new Note("a"), patient()));

    assertThat(sends).containsExactly("notes#1", "starling.inbox#0");
  }

  @Test
  void call_servedOnAnotherContext_passesTheIdenticalObjectsAndStaysOnEachContext() {
    Note request = new Note("request");
    Note reply = new Note("reply");
    Loop caller = bus.loop();
    Loop server = bus.loop();
    AtomicReference<Object> seen = new AtomicReference<>();
    List<Thread> threads = new CopyOnWriteArrayList<>();
    caller.run(() -> threads.add(Thread.currentThread()));
    server.run(() -> threads.add(Thread.currentThread()));
    server.serve(
        Note.WRITE,
        (note, call) -> {
          seen.set(note);
          threads.add(Thread.currentThread());
          return Future.succeededFuture(reply);
        });

    Note answered =
        await(
            caller.on(
                () ->
                    caller
                        .bus()
                        .call(Note.WRITE, request, patient())
                        .onSuccess(note -> threads.add(Thread.currentThread()))));

    assertThat(answered).isSameAs(reply);
    assertThat(seen.get()).isSameAs(request);
    assertThat(threads).hasSize(4).doesNotContainNull();
    assertThat(threads.get(0)).isNotSameAs(threads.get(1));
    assertThat(threads.subList(2, 4)).containsExactly(threads.get(1), threads.get(0));
  }

  @Test
  void call_answeredFromAForeignThread_completesOnTheCallersContext() throws Exception {
    Loop loop = bus.loop();
    List<Promise<Note>> held = hold(loop);
    AtomicReference<Thread> completedOn = new AtomicReference<>();
    AtomicReference<Thread> contextThread = new AtomicReference<>();
    loop.run(() -> contextThread.set(Thread.currentThread()));
    Future<Note> call =
        loop.on(
            () ->
                loop.bus()
                    .call(Note.WRITE, new Note("a"), patient())
                    .onSuccess(note -> completedOn.set(Thread.currentThread())));
    awaitSize(loop, held, 1);

    Thread foreign = new Thread(() -> held.get(0).complete(new Note("b")));
    foreign.start();
    foreign.join();

    assertThat(await(call)).isEqualTo(new Note("b"));
    assertThat(completedOn.get()).isSameAs(contextThread.get());
  }

  @Test
  void call_twoInstances_sharesTheLoad() {
    Loop caller = bus.loop();
    List<List<Promise<Note>>> held = List.of(hold(bus.loop()), hold(bus.loop()));

    List<Future<Note>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(caller.call(Note.WRITE, new Note("a"), patient()));
    }

    // Each choice compares both, so their open calls are never further apart than one.
    held.forEach(each -> awaitSize(caller, each, 50));
    assertThat(bus.node.localInstances().inFlight()).isEqualTo(100);
    held.forEach(each -> each.forEach(promise -> promise.complete(new Note("done"))));
    calls.forEach(TestBus::await);
  }
}
