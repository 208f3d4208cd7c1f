package dev.starling.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Priority;
import dev.starling.bus.TraceContext;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.Tensor;
import dev.starling.inference.engine.Workers.Offer;
import dev.starling.sdk.Span;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A graph that runs when the test lets it stands in for a model. */
@Timeout(30)
class WorkersTest {
  private static final TraceContext TRACE = TraceContext.start(new SplittableRandom(1));
  private static final long SOON = 1_000;
  private static final long LATE = 1_000_000;

  /** So many make an average. */
  private static final int MANY = 40;

  private final AtomicLong clock = new AtomicLong();
  private final List<Runnable> alarms = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EngineMeters open = new EngineMeters(registry);
  private final ModelMeters meters = open.open("gate", "1");
  private final AtomicInteger ends = new AtomicInteger();
  private final Gate gate = new Gate();
  private final RecordedSpans recorded = new RecordedSpans();
  private final ModelSpans spans = new ModelSpans(recorded, "gate", "1", clock::get);
  private final Cores cores = new Cores(2);
  private final AtomicInteger looks = new AtomicInteger();
  private final Vigil vigil =
      new Vigil(
          cores,
          () -> {
            looks.incrementAndGet();
            return clock.get();
          });
  private final Workers workers =
      new Workers(
          new BatchQueue<>(8, 4, 0),
          clock::get,
          (nanos, task) -> alarms.add(task),
          meters,
          spans,
          0,
          4,
          () -> {
            open.close(meters);
            ends.incrementAndGet();
          });

  @AfterEach
  void end() throws Exception {
    gate.permits.release(1_000);
    await(workers.close());
  }

  @Test
  void queue_whileTheWorkerIsBusy_gathersABatchThatIsRunAtOnce() throws Exception {
    startOne();
    Future<Inference> first = offer(request(1, LATE));
    gate.awaitRunning();
    List<Future<Inference>> others =
        List.of(offer(request(2, LATE)), offer(request(3, LATE)), offer(request(4, LATE)));
    gate.permits.release(2);
    await(first);
    assertThat(values(await(others.get(2)))).containsExactly(4);
    assertThat(values(await(others.get(0)))).containsExactly(2);
    assertThat(gate.batches).containsExactly(List.of(1), List.of(2, 3, 4));
    assertThat(registry.get("inference.batch.rows").summary().max()).isEqualTo(3);
    assertThat(registry.get("inference.queue").timer().count()).isEqualTo(4);
    assertThat(registry.get("inference.compute").timer().count()).isEqualTo(2);
  }

  @Test
  void entry_expiresBehindABusyWorker_isAnsweredOnTimeAndNeverRun() throws Exception {
    startOne();
    final Future<Inference> busy = offer(request(1, LATE));
    gate.awaitRunning();
    final Future<Inference> patient = offer(request(2, LATE));
    Future<Inference> hasty = offer(request(3, SOON));
    clock.set(SOON);
    ring();
    assertThat(code(hasty)).isEqualTo(ErrorCode.EXPIRED);
    assertThat(patient.isComplete()).isFalse();
    gate.permits.release(2);
    await(busy);
    await(patient);
    assertThat(gate.batches).containsExactly(List.of(1), List.of(2));
    assertThat(registry.get("inference.expired").counter().count()).isEqualTo(1);
  }

  @Test
  void entry_expiresBeforeAnAlarm_isDroppedAsTheBatchIsTaken() throws Exception {
    startOne();
    Future<Inference> busy = offer(request(1, LATE));
    gate.awaitRunning();
    Future<Inference> hasty = offer(request(2, SOON));
    Future<Inference> patient = offer(request(3, LATE));
    clock.set(SOON);
    gate.permits.release(2);
    await(busy);
    await(patient);
    assertThat(code(hasty)).isEqualTo(ErrorCode.EXPIRED);
    assertThat(gate.batches).containsExactly(List.of(1), List.of(3));
  }

  @Test
  void alarms_deadlinesInOrder_areSetOneAtATime() throws Exception {
    startOne();
    offer(request(1, SOON));
    gate.awaitRunning();
    offer(request(2, SOON));
    offer(request(3, SOON + 1));
    offer(request(4, SOON + 2));
    // One for the first, which was soon taken; it is still to come.
    assertThat(alarms).hasSize(1);
    clock.set(SOON);
    ring();
    assertThat(alarms).hasSize(1);
    clock.set(SOON + 2);
    ring();
    assertThat(alarms).isEmpty();
    assertThat(registry.get("inference.expired").counter().count()).isEqualTo(3);
  }

  @Test
  void alarms_earlierDeadlineArrives_rescheduleOnlyTheEarliest() throws Exception {
    startOne();
    offer(request(1, LATE));
    gate.awaitRunning();
    offer(request(2, LATE));
    offer(request(3, SOON));
    assertThat(alarms).hasSize(2);
    clock.set(SOON);
    ring();
    assertThat(alarms).hasSize(1);
    clock.set(LATE);
    ring();
    assertThat(alarms).isEmpty();
  }

  @Test
  void offer_whatWaitsTakesLongerThanItCan_isTurnedDownAtOnce() throws Exception {
    startOne();
    Future<Inference> first = offer(request(0, LATE));
    gate.awaitRunning();
    clock.set(800);
    gate.permits.release(1);
    await(first); // A run takes 100 on average now.
    offer(request(1, LATE));
    gate.awaitRunning();
    for (int i = 2; i <= 5; i++) {
      offer(request(i, LATE));
    }

    assertThat(workers.offer(List.of(request(6, 999)))).isEqualTo(Offer.FULL);
    assertThat(workers.offer(List.of(request(7, 1_000)))).isEqualTo(Offer.TAKEN);
  }

  @Test
  void offer_nothingWaits_isTakenHoweverLongRunsTake() throws Exception {
    startOne();
    Future<Inference> first = offer(request(0, LATE));
    gate.awaitRunning();
    clock.set(80_000);
    gate.permits.release(1);
    await(first);
    offer(request(1, LATE));
    gate.awaitRunning();

    assertThat(workers.offer(List.of(request(2, 80_001)))).isEqualTo(Offer.TAKEN);
  }

  @Test
  void offer_queueFull_isTurnedDownAndTheRestIsServed() throws Exception {
    startOne();
    final Future<Inference> busy = offer(request(0, LATE));
    gate.awaitRunning();
    List<Future<Inference>> waiting = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      waiting.add(offer(request(i, LATE)));
    }
    assertThat(registry.get("inference.queue.rows").gauge().value()).isEqualTo(8);
    assertThat(workers.offer(List.of(request(9, LATE)))).isEqualTo(Offer.FULL);
    gate.permits.release(3);
    await(busy);
    for (Future<Inference> each : waiting) {
      await(each);
    }
    assertThat(gate.batches.stream().flatMap(List::stream)).doesNotContain(9).hasSize(9);
  }

  @Test
  void batch_failsForOne_isRunAgainOneByOneAndOnlyThatOneFails() throws Exception {
    startOne();
    offer(request(0, LATE));
    gate.awaitRunning();
    Future<Inference> before = offer(request(1, LATE));
    Future<Inference> guilty = offer(request(Gate.POISON, LATE));
    Future<Inference> after = offer(request(2, LATE));
    gate.permits.release(10);
    assertThat(values(await(before))).containsExactly(1);
    assertThat(values(await(after))).containsExactly(2);
    assertThat(code(guilty)).isEqualTo(ErrorCode.INTERNAL);
    assertThat(registry.get("inference.failed").counter().count()).isEqualTo(1);
  }

  @Test
  void graph_throwsAnError_failsTheCallAndKeepsTheWorker() throws Exception {
    startOne();
    gate.permits.release(10);
    assertThat(code(settled(offer(request(Gate.BROKEN, LATE))))).isEqualTo(ErrorCode.INTERNAL);
    assertThat(values(await(offer(request(1, LATE))))).containsExactly(1);
  }

  @Test
  void answer_whoseListenerThrows_keepsTheWorker() throws Exception {
    startOne();
    Part part = request(1, LATE);
    part.answer()
        .onComplete(
            done -> {
              throw new IllegalStateException("a careless caller");
            });
    workers.offer(List.of(part));
    gate.permits.release(10);
    assertThat(values(await(offer(request(2, LATE))))).containsExactly(2);
  }

  @Test
  void drain_whileBusy_answersAllThatWaitsAndTakesNoMore() throws Exception {
    startOne();
    Future<Inference> running = offer(request(1, LATE));
    gate.awaitRunning();
    Future<Inference> waiting = offer(request(2, LATE));
    Future<Void> drained = workers.drain();
    assertThat(workers.offer(List.of(request(3, LATE)))).isEqualTo(Offer.CLOSED);
    assertThat(drained.isComplete()).isFalse();
    gate.permits.release(2);
    await(drained);
    assertThat(running.succeeded()).isTrue();
    assertThat(waiting.succeeded()).isTrue();
  }

  @Test
  void close_severalWorkers_endsThemAndFreesOnce() throws Exception {
    workers.start("test", List.of(gate, new Gate(), new Gate()), cores, vigil, 0, 1);
    gate.permits.release(10);
    await(workers.close());
    assertThat(ends).hasValue(1);
    assertThat(registry.getMeters()).isEmpty();
    await(workers.close());
    assertThat(ends).hasValue(1);
  }

  @Test
  void close_calledTwiceWhileBusy_answersWhatRuns() throws Exception {
    startOne();
    Future<Inference> running = offer(request(1, LATE));
    gate.awaitRunning();
    Future<Void> closed = workers.close();
    workers.close();
    assertThat(closed.isComplete()).isFalse();
    gate.permits.release();
    await(closed);
    assertThat(running.succeeded()).isTrue();
  }

  @Test
  void parts_ofARequestWhoseSiblingFailed_areNotRun() throws Exception {
    startOne();
    offer(request(0, LATE));
    gate.awaitRunning();
    Answer answer = new Answer("1", List.of(0), 2, null);
    List<Part> parts = List.of(part(answer, 0, Gate.POISON, "a"), part(answer, 1, 5, "b"));
    workers.offer(parts);
    gate.permits.release(10);
    assertThat(code(settled(answer.future()))).isEqualTo(ErrorCode.INTERNAL);
    await(offer(request(6, LATE)));
    assertThat(gate.batches.stream().flatMap(List::stream)).doesNotContain(5);
  }

  @Test
  void cancel_entryThatWaits_isAnsweredAtOnceAndNeverRun() throws Exception {
    startOne();
    final Future<Inference> busy = offer(request(1, LATE));
    gate.awaitRunning();
    Part left = request(2, LATE);
    Future<Inference> answer = offer(left);
    final Future<Inference> patient = offer(request(3, LATE));

    workers.cancel(List.of(left));

    assertThat(code(answer)).isEqualTo(ErrorCode.CANCELLED);
    assertThat(registry.get("inference.queue.rows").gauge().value()).isEqualTo(1);
    gate.permits.release(2);
    await(busy);
    await(patient);
    assertThat(gate.batches).containsExactly(List.of(1), List.of(3));
    assertThat(registry.get("inference.cancelled").counter().count()).isEqualTo(1);
    assertThat(registry.get("inference.expired").counter().count()).isZero();
  }

  @Test
  void cancel_entryThatHasBegun_goesOnToItsEnd() throws Exception {
    startOne();
    Part running = request(1, LATE);
    Future<Inference> answer = offer(running);
    gate.awaitRunning();

    workers.cancel(List.of(running));

    assertThat(answer.isComplete()).isFalse();
    gate.permits.release();
    assertThat(values(await(answer))).containsExactly(1);
    workers.cancel(List.of(running));
    assertThat(registry.get("inference.cancelled").counter().count()).isZero();
  }

  @Test
  void cancel_partsOfWhichOneRuns_dropsTheOthers() throws Exception {
    startOne();
    Answer answer = new Answer("1", List.of(0), 3, null);
    List<Part> parts =
        List.of(part(answer, 0, 1, "a"), part(answer, 1, 2, "b"), part(answer, 2, 3, "c"));
    workers.offer(parts);
    gate.awaitRunning();

    workers.cancel(parts);

    assertThat(code(answer.future())).isEqualTo(ErrorCode.CANCELLED);
    gate.permits.release(10);
    await(offer(request(4, LATE)));
    assertThat(gate.batches).containsExactly(List.of(1), List.of(4));
    assertThat(registry.get("inference.cancelled").counter().count()).isEqualTo(2);
  }

  @Test
  void cancel_theLastThatWaitsWhileDraining_endsTheDrain() throws Exception {
    startOne();
    Future<Inference> busy = offer(request(1, LATE));
    gate.awaitRunning();
    Part left = request(2, LATE);
    offer(left);
    Future<Void> closed = workers.close();

    workers.cancel(List.of(left));
    gate.permits.release();

    await(busy);
    await(closed);
  }

  @Test
  void spans_requestsOfSampledTracesInOneBatch_areLinkedBothWays() throws Exception {
    startOne();
    offer(request(1, LATE));
    gate.awaitRunning();
    TraceContext one = TraceContext.start(new SplittableRandom(2)).asSampled();
    TraceContext other = TraceContext.start(new SplittableRandom(3)).asSampled();
    Future<Inference> first = offer(traced(2, one));
    final Future<Inference> unsampled = offer(request(3, LATE));
    Future<Inference> second = offer(traced(4, other));
    clock.set(40);
    gate.permits.release(2);
    await(first);
    await(unsampled);
    await(second);
    await(workers.close());

    assertThat(gate.batches).containsExactly(List.of(1), List.of(2, 3, 4));
    List<Span> requests = recorded.named("inference");
    assertThat(requests).extracting(Span::parent).containsExactly(one.span(), other.span());
    assertThat(requests)
        .allSatisfy(
            span ->
                assertThat(span.attributes())
                    .containsEntry("starling.inference.queue_seconds", 40e-9)
                    .containsEntry("starling.model", "gate")
                    .containsEntry("starling.model.version", "1"));
    Span batch = recorded.named("batch").get(0);
    assertThat(recorded.named("batch")).hasSize(1);
    assertThat(batch.context().traceId()).isEqualTo(one.traceId());
    assertThat(batch.parent()).isEqualTo(requests.get(0).context().span());
    assertThat(batch.links()).containsExactly(requests.get(0).context(), requests.get(1).context());
    assertThat(batch.attributes()).containsEntry("starling.batch.rows", 3L);
    assertThat(requests).allSatisfy(span -> assertThat(span.links()).contains(batch.context()));
    assertThat(recorded.named("model"))
        .singleElement()
        .satisfies(model -> assertThat(model.parent()).isEqualTo(batch.context().span()));
  }

  @Test
  void spans_batchThatFails_showsEachRunAndWhoWasGuilty() throws Exception {
    startOne();
    offer(request(0, LATE));
    gate.awaitRunning();
    TraceContext trace = TraceContext.start(new SplittableRandom(2)).asSampled();
    Future<Inference> good = offer(traced(1, trace));
    Future<Inference> guilty = offer(traced(Gate.POISON, trace.child(new SplittableRandom(4))));
    gate.permits.release(10);
    await(good);
    settled(guilty);
    await(workers.close());

    assertThat(recorded.named("model").stream().map(Span::failure))
        .containsExactly("the run failed", null, "the run failed");
    assertThat(recorded.named("inference").stream().map(Span::failure))
        .containsExactly(null, "INTERNAL");
    assertThat(recorded.named("batch").get(0).failure()).isEqualTo("a run failed");
  }

  @Test
  void worker_entriesSoonAfterEachOther_staysAwakeForTheNext() throws Exception {
    startOne();
    gate.permits.release(1_000);
    for (int i = 0; i < MANY; i++) {
      await(offer(request(i, LATE)));
    }
    awaitAwake();
    await(offer(request(MANY, LATE)));
    assertThat(gate.batches).hasSize(MANY + 1);
  }

  @Test
  void worker_entriesFarFromEachOther_sleeps() throws Exception {
    final int before = looks.get();
    startOne();
    gate.permits.release(1_000);
    for (int i = 0; i < MANY; i++) {
      awaitAsleep();
      clock.addAndGet(2 * Vigil.LONGEST_NANOS);
      await(offer(request(i, 2L * MANY * Vigil.LONGEST_NANOS + LATE)));
    }
    awaitAsleep();
    assertThat(looks).hasValue(before);
    await(offer(request(MANY, 2L * MANY * Vigil.LONGEST_NANOS + LATE)));
    assertThat(gate.batches).hasSize(MANY + 1);
  }

  @Test
  void close_workerAwake_endsIt() throws Exception {
    startOne();
    gate.permits.release(1_000);
    for (int i = 0; i < MANY; i++) {
      await(offer(request(i, LATE)));
    }
    awaitAwake();
    await(workers.close());
    assertThat(ends).hasValue(1);
    assertThat(vigil.begin()).isTrue();
  }

  private Part traced(int value, TraceContext trace) {
    Answer answer = new Answer("1", List.of(0), 1, spans.request(trace, 1, clock.get()));
    CallContext context = CallContext.expiringAt(LATE, trace);
    return new Part(answer, 0, rows(value), 1, "key", context, clock.get());
  }

  /** The worker looks for more all the time. */
  private void awaitAwake() {
    int before = looks.get();
    while (looks.get() < before + 100) {
      Thread.onSpinWait();
    }
  }

  /** The worker has nothing to do, and does not look for more. */
  private static void awaitAsleep() {
    while (Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("test-0"))
        .noneMatch(thread -> thread.getState() == Thread.State.WAITING)) {
      Thread.onSpinWait();
    }
  }

  private void startOne() {
    workers.start("test", List.of(gate), cores, vigil, 0, 1);
  }

  private void ring() {
    List<Runnable> due = List.copyOf(alarms);
    alarms.clear();
    due.forEach(Runnable::run);
  }

  private Future<Inference> offer(Part part) {
    assertThat(workers.offer(List.of(part))).isEqualTo(Offer.TAKEN);
    return part.answer();
  }

  private Part request(int value, long deadlineNanos) {
    Answer answer = new Answer("1", List.of(0), 1, null);
    CallContext context =
        CallContext.expiringAt(deadlineNanos, TRACE).withPriority(Priority.NORMAL);
    return new Part(answer, 0, rows(value), 1, "key", context, clock.get());
  }

  private Part part(Answer answer, int index, int value, Object key) {
    return new Part(
        answer, index, rows(value), 1, key, CallContext.expiringAt(LATE, TRACE), clock.get());
  }

  private static Rows rows(int value) {
    Tensor tensor = new Tensor("in", DataType.INT8, List.of(1L), new byte[] {(byte) value});
    return Rows.of(List.of(new Input(tensor, List.of())), 0, 1);
  }

  private static List<Integer> values(Inference answer) {
    List<Integer> values = new ArrayList<>();
    for (byte value : ((Inferred) answer).outputs().get(0).data()) {
      values.add((int) value);
    }
    return values;
  }

  private static ErrorCode code(Future<Inference> failed) {
    return ((BusException) failed.cause()).code();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Future<Inference> settled(Future<Inference> future) throws Exception {
    await(future.transform(done -> Future.succeededFuture()));
    return future;
  }

  /** Gives back its inputs, when it is let. */
  private static final class Gate implements Graph {
    static final int POISON = 66;
    static final int BROKEN = 99;

    private final Semaphore permits = new Semaphore(0);
    private final Semaphore running = new Semaphore(0);
    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();

    void awaitRunning() throws InterruptedException {
      assertThat(running.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public List<Tensor> run(List<Rows> batch) throws RunException {
      running.release();
      permits.acquireUninterruptibly();
      byte[] data = new byte[batch.size()];
      List<Integer> values = new ArrayList<>();
      for (int i = 0; i < data.length; i++) {
        data[i] = batch.get(i).inputs().get(0).tensor().data()[0];
        values.add((int) data[i]);
      }
      batches.add(values);
      if (values.contains(POISON)) {
        throw new RunException("poison");
      }
      if (values.contains(BROKEN)) {
        throw new NoClassDefFoundError("a part of the library");
      }
      return List.of(new Tensor("out", DataType.INT8, List.of((long) data.length), data));
    }
  }
}
