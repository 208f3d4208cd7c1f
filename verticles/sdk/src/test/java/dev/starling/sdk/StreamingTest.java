package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.Opened;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import dev.starling.contract.operation.Violation;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import jakarta.validation.constraints.Max;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a service sends and receives when a stream of it is opened over the bus. */
@Timeout(60)
class StreamingTest {
  record Tally(@Max(1000) int value) {}

  private final SdkNode node = new SdkNode();

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void pipe_sourceFasterThanTheClient_waitsForIt() {
    Source source = new Source(500);
    AtomicReference<@Nullable Future<Void>> piped = new AtomicReference<>();
    deploy(
        on ->
            on.stream(
                "/s",
                Tally.class,
                call -> ServiceVerticle.produce(out -> piped.set(out.pipe(source)))));

    List<StreamMessage> read = read("shop.get-s", null);

    assertThat(read).hasSize(500);
    assertThat(text(read.get(499))).isEqualTo("{\"value\":500}");
    assertThat(source.mostUnderWay).isLessThanOrEqualTo(64);
    SdkNode.await(Objects.requireNonNull(piped.get()));
  }

  @Test
  void pipe_clientLeaves_pausesTheSourceAndFails() {
    Source source = new Source(Integer.MAX_VALUE);
    Promise<Void> piped = Promise.promise();
    deploy(
        on ->
            on.stream(
                "/s",
                Tally.class,
                call -> ServiceVerticle.produce(out -> out.pipe(source).onComplete(piped))));

    node.call(
        bus ->
            bus.open(OperationContract.stream("shop"), request("shop.get-s"), SdkNode.caller())
                .map(opened -> stream(opened))
                .onSuccess(stream -> stream.reset(ErrorCode.CANCELLED, "left")));

    assertThatThrownBy(() -> SdkNode.await(piped.future()))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    assertThat(source.paused).isTrue();
  }

  @Test
  void pipe_sourceFails_endsTheStreamWithAnInternalError() {
    Source source = new Source(Integer.MAX_VALUE);
    source.failAt = 3;
    deploy(
        on ->
            on.stream("/s", Tally.class, call -> ServiceVerticle.produce(out -> out.pipe(source))));

    assertThatThrownBy(() -> read("shop.get-s", null))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
  }

  @Test
  void fail_withoutCredit_isToldWhenThereIsSome() {
    AtomicInteger sent = new AtomicInteger();
    deploy(
        on ->
            on.stream(
                "/s",
                Tally.class,
                call ->
                    ServiceVerticle.produce(
                        out -> {
                          while (out.isReady()) {
                            out.send(new Tally(sent.incrementAndGet()));
                          }
                          out.fail(Refusal.LIMITED, "enough");
                          out.fail(Refusal.CONFLICT, "of no interest");
                          out.end();
                          assertThat(out.isReady()).isFalse();
                          assertThat(out.send(new Tally(0))).isFalse();
                        })));

    List<StreamMessage> read = read("shop.get-s", null);

    assertThat(read).hasSize(sent.get() + 1);
    assertThat(read.get(sent.get()))
        .isEqualTo(
            new Failed(
                new OperationReply.Refused(Refusal.LIMITED, "", "enough", List.of(), List.of())));
  }

  @Test
  void socket_invalidItem_endsTheStreamAndSaysWhatIsWrong() {
    List<Tally> taken = new ArrayList<>();
    deploy(
        on ->
            on.socket(
                "/s",
                Tally.class,
                Tally.class,
                call -> ServiceVerticle.converse((in, out) -> in.onItem(taken::add))));

    List<StreamMessage> read =
        read(
            "shop.get-s",
            stream -> {
              stream.send(item("{\"value\":7}"));
              stream.send(item("{\"value\":1001}"));
              stream.send(item("{\"value\":8}"));
            });

    assertThat(taken).containsExactly(new Tally(7));
    assertThat(read)
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.reason().refusal()).isEqualTo(Refusal.INVALID);
              assertThat(failed.reason().violations())
                  .containsExactly(new Violation("/value", "must be less than or equal to 1000"));
            });
  }

  @Test
  void open_refused_hasNoStream() {
    deploy(
        on ->
            on.stream(
                "/s",
                Tally.class,
                call -> Future.succeededFuture(Reply.refused(Refusal.ABSENT, "no such job"))));

    Opened<OperationReply, StreamMessage, StreamMessage> opened =
        node.call(
            bus ->
                bus.open(
                    OperationContract.stream("shop"), request("shop.get-s"), SdkNode.caller()));

    assertThat(opened.stream()).isNull();
    assertThat(opened.answer()).isInstanceOf(OperationReply.Refused.class);
  }

  @Test
  void operation_askedForInTheWrongWay_isAnInvalidArgument() {
    deploy(
        on -> {
          on.stream("/s", Tally.class, call -> ServiceVerticle.produce(StreamWriter::end));
          on.get("/g", Tally.class, call -> Future.succeededFuture(Reply.ok(new Tally(1))));
        });

    assertThatThrownBy(
            () ->
                node.call(
                    bus ->
                        bus.call(
                            OperationContract.operate("shop"),
                            request("shop.get-s"),
                            SdkNode.caller())))
        .hasMessage("shop.get-s is a stream (expected: to be opened)");
    assertThatThrownBy(() -> read("shop.get-g", null))
        .hasMessage("shop.get-g is not a stream (expected: to be called)");
  }

  @Test
  void bulk_lines_areCalledAndAnsweredEachWithItsOwnDeadline() {
    List<Long> left = new ArrayList<>();
    deploy(
        on ->
            on.bulk(
                    "/s:all",
                    Tally.class,
                    Tally.class,
                    (call, tally) -> {
                      left.add(call.context().remaining(System.nanoTime()).toMinutes());
                      return tally.value() == 3
                          ? Future.succeededFuture(Reply.refused(Refusal.CONFLICT, "three"))
                          : Future.succeededFuture(Reply.ok(new Tally(2 * tally.value())));
                    })
                .id("shop.all")
                .deadline(Duration.ofHours(1)));

    List<StreamMessage> read =
        read(
            "shop.all",
            stream -> {
              stream.send(item("{\"value\":2}"));
              stream.send(item("{\"value\":1001}"));
              stream.send(
                  new Failed(
                      new OperationReply.Refused(
                          Refusal.TOO_LARGE, "", "too long", List.of(), List.of())));
              stream.send(item("{\"value\":3}"));
              stream.end();
            });

    assertThat(read)
        .extracting(message -> ((Answered) message).number())
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(((OperationReply.Done) ((Answered) read.get(0)).reply()).body())
        .asString(UTF_8)
        .isEqualTo("{\"value\":4}");
    assertThat(read.subList(1, 4))
        .extracting(message -> ((OperationReply.Refused) ((Answered) message).reply()).refusal())
        .containsExactly(Refusal.INVALID, Refusal.TOO_LARGE, Refusal.CONFLICT);
    assertThat(left).containsExactly(59L, 59L);
  }

  @Test
  void bulk_serviceStopsAfterTheLastLine_isCompleteWithItsAnswer() {
    Promise<Tally> working = Promise.promise();
    Promise<Context> called = Promise.promise();
    String id =
        deploy(
            on -> {
              on.bulk(
                      "/s:all",
                      Tally.class,
                      Tally.class,
                      (call, tally) -> {
                        called.complete(Vertx.currentContext());
                        return working.future().map(Reply::ok);
                      })
                  .id("shop.all");
              on.get("/g", Tally.class, call -> Future.succeededFuture(Reply.ok(new Tally(1))));
            });
    CompletableFuture<List<StreamMessage>> reading =
        CompletableFuture.supplyAsync(
            () ->
                read(
                    "shop.all",
                    stream -> {
                      stream.send(item("{\"value\":1}"));
                      stream.end();
                    }));
    Context service = SdkNode.await(called.future());
    // Answered behind the end of the lines.
    node.call(
        bus ->
            bus.call(OperationContract.operate("shop"), request("shop.get-g"), SdkNode.caller()));

    Future<Void> stopped = node.vertx.undeploy(id);
    // It is withdrawn in the turn in which its streams are told to drain.
    while (node.announced().contains("shop")) {
      Thread.onSpinWait();
    }
    service.runOnContext(drained -> working.complete(new Tally(2)));

    assertThat(reading.join())
        .singleElement()
        .isInstanceOfSatisfying(Answered.class, only -> assertThat(only.number()).isOne());
    SdkNode.await(stopped);
  }

  @Test
  void announce_eachInteraction_isSaid() {
    deploy(
        on -> {
          on.stream("/s", Tally.class, call -> ServiceVerticle.produce(StreamWriter::end));
          on.socket(
              "/w", Tally.class, Tally.class, call -> ServiceVerticle.converse((in, out) -> {}));
          on.get("/g", Tally.class, call -> Future.succeededFuture(Reply.ok(new Tally(1))));
          on.bulk(
              "/b:all",
              Tally.class,
              Tally.class,
              (call, tally) -> Future.succeededFuture(Reply.ok(tally)));
        });

    List<OperationRecord> records = node.catalog.services().get(0).operations();
    assertThat(records)
        .extracting(OperationRecord::interaction)
        .containsExactly(
            Interaction.STREAM, Interaction.SOCKET, Interaction.CALL, Interaction.BULK);
    assertThat(records.get(0).headers()).containsExactly("last-event-id");
    assertThat(records.get(1).document()).contains("\"interaction\":\"SOCKET\"", "\"in\":{");
    assertThat(records.get(3).path()).isEqualTo("/b:all");
    assertThat(records.get(3).headers()).containsExactly("content-type");
    assertThat(records.get(3).maxBodyBytes()).isEqualTo(64 * 1024);
    assertThat(records.get(3).document()).contains("\"application/x-ndjson\"");
  }

  private String deploy(Consumer<Operations> declare) {
    return node.deploy(
        new ServiceVerticle() {
          @Override
          public String name() {
            return "shop";
          }

          @Override
          protected void declare(Operations on) {
            declare.accept(on);
          }
        });
  }

  /** Opens a stream, sends, and reads it to its end. */
  private List<StreamMessage> read(
      String operation, @Nullable Consumer<BusStream<StreamMessage, StreamMessage>> send) {
    return node.call(
        bus -> {
          Promise<List<StreamMessage>> read = Promise.promise();
          List<StreamMessage> items = new ArrayList<>();
          bus.open(OperationContract.stream("shop"), request(operation), SdkNode.caller())
              .onFailure(read::tryFail)
              .onSuccess(
                  opened -> {
                    BusStream<StreamMessage, StreamMessage> stream = stream(opened);
                    stream
                        .onItem(items::add)
                        .onEnd(stream::end)
                        .onClosed(
                            failure -> {
                              if (failure == null) {
                                read.complete(items);
                              } else {
                                read.fail(failure);
                              }
                            });
                    if (send != null) {
                      send.accept(stream);
                    }
                  });
          return read.future();
        });
  }

  private static BusStream<StreamMessage, StreamMessage> stream(
      Opened<OperationReply, StreamMessage, StreamMessage> opened) {
    return Objects.requireNonNull(opened.stream(), () -> "declined: " + opened.answer());
  }

  private static OperationRequest request(String operation) {
    return new OperationRequest(operation, List.of(), "", List.of(), "192.0.2.1", new byte[0]);
  }

  private static Item item(String json) {
    return new Item("", "", json.getBytes(UTF_8));
  }

  private static String text(StreamMessage message) {
    return new String(((Item) message).data(), UTF_8);
  }

  /** Counts up, as fast as it is let. */
  private static final class Source implements ReadStream<Tally> {
    private final int count;
    int failAt = -1;
    int mostUnderWay;
    volatile boolean paused;
    private int next;
    private int inARow;
    private @Nullable Handler<Tally> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> exceptionHandler;

    Source(int count) {
      this.count = count;
    }

    @Override
    public ReadStream<Tally> pause() {
      paused = true;
      return this;
    }

    @Override
    public ReadStream<Tally> resume() {
      paused = false;
      inARow = 0;
      while (!paused && next < count && next != failAt) {
        mostUnderWay = Math.max(mostUnderWay, ++inARow);
        Objects.requireNonNull(handler).handle(new Tally(++next));
      }
      if (next == failAt) {
        Objects.requireNonNull(exceptionHandler).handle(new IllegalStateException("source"));
      } else if (next == count) {
        Objects.requireNonNull(endHandler).handle(null);
      }
      return this;
    }

    @Override
    public ReadStream<Tally> fetch(long amount) {
      throw new UnsupportedOperationException("a source that is paused and resumed");
    }

    @Override
    public ReadStream<Tally> handler(@Nullable Handler<Tally> newHandler) {
      handler = newHandler;
      return this;
    }

    @Override
    public ReadStream<Tally> endHandler(@Nullable Handler<Void> newHandler) {
      endHandler = newHandler;
      return this;
    }

    @Override
    public ReadStream<Tally> exceptionHandler(@Nullable Handler<Throwable> newHandler) {
      exceptionHandler = newHandler;
      return this;
    }
  }
}
