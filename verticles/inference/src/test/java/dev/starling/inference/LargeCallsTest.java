package dev.starling.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.PieceBuffer;
import dev.starling.bus.Pieces;
import dev.starling.contract.inference.DataType;
import dev.starling.contract.inference.InferenceContract;
import dev.starling.contract.inference.InferenceContract.Infer;
import dev.starling.contract.inference.InferenceContract.InferLarge;
import dev.starling.contract.inference.InferenceContract.Inference;
import dev.starling.contract.inference.InferenceContract.Inferred;
import dev.starling.contract.inference.InferenceContract.Reason;
import dev.starling.contract.inference.InferenceContract.Refused;
import dev.starling.contract.inference.Tensor;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that come in pieces, and answers that go so. */
@Timeout(60)
class LargeCallsTest {
  private static final int MAX_BYTES = 2_000_000;
  private static final Address<Infer, Inference> INFER = InferenceContract.infer("m");

  private final PieceBudget budget = new PieceBudget(3_000_000);
  private TestNode node;

  @BeforeEach
  void start(@TempDir Path directory) {
    node = new TestNode(directory);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void infer_largeTensors_comeWholeAndGoWhole() {
    serve((infer, call) -> Future.succeededFuture(new Inferred("1", infer.inputs())));
    byte[] data = new byte[1_500_000];
    new Random(1).nextBytes(data);

    Inference answer = infer(request(data), 0, call());

    assertThat(answer).isInstanceOf(Inferred.class);
    Tensor output = ((Inferred) answer).outputs().get(0);
    assertThat(output.shape()).containsExactly(1_500_000L);
    assertThat(output.data()).isEqualTo(data);
    assertGivenBack();
  }

  @Test
  void infer_modelRefuses_saysWhy() {
    Refused refused = new Refused(Reason.INVALID, "x: FP32 (expected: INT8)");
    serve((infer, call) -> Future.succeededFuture(refused));

    assertThat(infer(request(new byte[10]), 0, call())).isEqualTo(refused);
  }

  @Test
  void infer_announcedTooLarge_isRefusedBeforeItIsSent() {
    serve((infer, call) -> Future.failedFuture("never called"));

    assertThat(infer(new byte[MAX_BYTES + 1], 0, call()))
        .isEqualTo(
            new Refused(Reason.INVALID, "request: 2000001 bytes (expected: <= 2000000 bytes)"));
  }

  @Test
  void infer_whatIsNotAsAnnounced_isReset() {
    serve((infer, call) -> Future.failedFuture("never called"));

    assertFails(request(new byte[100]), -1, call(), ErrorCode.INVALID_ARGUMENT);
    assertFails(new byte[] {1, 2, 3}, 0, call(), ErrorCode.INVALID_ARGUMENT);
    assertGivenBack();
  }

  @Test
  void infer_modelFails_isResetWithItsCode() {
    serve((infer, call) -> Future.failedFuture(new BusException(ErrorCode.OVERLOADED, "queue")));

    assertFails(request(new byte[10]), 0, call(), ErrorCode.OVERLOADED);
    assertGivenBack();
  }

  @Test
  void infer_modelThrows_isInternal() {
    serve(
        (infer, call) -> {
          throw new IllegalStateException("a bug");
        });

    assertFails(request(new byte[10]), 0, call(), ErrorCode.INTERNAL);
  }

  @Test
  void infer_noRoomForAllBodies_isOverloaded() {
    PieceBuffer other = new PieceBuffer(MAX_BYTES, budget);
    other.add(new byte[MAX_BYTES]);
    serve((infer, call) -> Future.failedFuture("never called"));

    assertFails(request(new byte[1_900_000]), 0, call(), ErrorCode.OVERLOADED);
    other.close();
    assertGivenBack();
  }

  @Test
  void infer_callerResetsWhileTheModelRuns_isGivenUp() {
    Promise<CallContext> running = Promise.promise();
    serve(
        (infer, call) -> {
          running.complete(call);
          Promise<Inference> answer = Promise.promise();
          Objects.requireNonNull(call.cancellation())
              .onCancel(
                  () -> answer.fail(new BusException(ErrorCode.CANCELLED, "the queue dropped it")));
          return answer.future();
        });
    byte[] bytes = request(new byte[100]);
    BusStream<byte[], byte[]> stream =
        TestNode.await(
            node.onCaller(
                bus ->
                    bus.open(
                            InferenceContract.inferLarge("m"), new InferLarge(bytes.length), call())
                        .map(
                            opened -> {
                              BusStream<byte[], byte[]> open =
                                  Objects.requireNonNull(opened.stream());
                              open.onItem(piece -> {}).onEnd(() -> {}).onClosed(failure -> {});
                              Pieces.send(open, bytes, piece -> piece, open::end);
                              return open;
                            })));
    CallContext call = TestNode.await(running.future());
    assertThat(Objects.requireNonNull(call.cancellation()).isCancelled()).isFalse();

    TestNode.await(
        node.onCaller(
            bus -> {
              stream.reset(ErrorCode.CANCELLED, "the client left");
              return Future.succeededFuture(true);
            }));

    assertGivenBack();
    assertThat(call.cancellation().isCancelled()).isTrue();
  }

  /** The stream is told of first. */
  private void assertGivenBack() {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (budget.taken() > 0 && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(budget.taken()).isZero();
  }

  private void serve(Bus.Responder<Infer, Inference> responder) {
    node.deploy(
        new ServiceVerticle() {
          @Override
          public String name() {
            return "large";
          }

          @Override
          protected Future<?> open() {
            return serve(
                InferenceContract.inferLarge("m"), new LargeCalls(responder, budget, MAX_BYTES));
          }
        });
  }

  private void assertFails(byte[] bytes, int announce, CallContext call, ErrorCode code) {
    assertThatThrownBy(() -> infer(bytes, announce, call))
        .isInstanceOfSatisfying(
            BusException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  /**
   * Sends bytes and reads what comes back.
   *
   * @param announce how much more than there is is announced
   */
  private Inference infer(byte[] bytes, int announce, CallContext call) {
    return TestNode.await(
        node.onCaller(
            bus -> {
              Promise<Inference> answer = Promise.promise();
              bus.open(
                      InferenceContract.inferLarge("m"),
                      new InferLarge(bytes.length + announce),
                      call)
                  .onFailure(answer::fail)
                  .onSuccess(
                      opened -> {
                        BusStream<byte[], byte[]> stream = opened.stream();
                        if (stream == null) {
                          answer.complete((Inference) opened.answer());
                          return;
                        }
                        PieceBuffer received =
                            new PieceBuffer(MAX_BYTES, new PieceBudget(Long.MAX_VALUE));
                        stream
                            .onItem(received::add)
                            .onEnd(
                                () -> {
                                  answer.complete(INFER.reply().fromBytes(received.join()));
                                  stream.end();
                                })
                            .onClosed(
                                failure -> {
                                  if (failure != null) {
                                    answer.tryFail(failure);
                                  }
                                });
                        Pieces.send(stream, bytes, piece -> piece, stream::end);
                      });
              return answer.future();
            }));
  }

  private static byte[] request(byte[] data) {
    return INFER
        .request()
        .toBytes(
            new Infer(
                "",
                List.of(new Tensor("x", DataType.UINT8, List.of((long) data.length), data)),
                List.of()));
  }

  private CallContext call() {
    return node.anonymous();
  }
}
