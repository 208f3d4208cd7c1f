package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.bus.BusException;
import dev.starling.bus.BusStream;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.Pieces;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.operation.StreamMessage.Answered;
import dev.starling.contract.operation.StreamMessage.Failed;
import dev.starling.contract.operation.StreamMessage.Item;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.ErrorShape;
import dev.starling.contract.service.OperationRecord.Interaction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operations that get bytes and answer bytes, in one message and in pieces. */
@Timeout(60)
class RawOperationTest {
  private static final int MAX_BODY = 2_000_000;

  private final SdkNode node = new SdkNode();
  private volatile @Nullable Call seen;

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void call_smallBody_isOneMessageEachWay() {
    deploy(this::mirror);

    OperationReply reply = call(bytes("abc"));

    assertThat(reply).isInstanceOf(Done.class);
    Done done = (Done) reply;
    assertThat(done.kind()).isEqualTo(Kind.OK);
    assertThat(done.contentType()).isEqualTo("text/x-mirror");
    assertThat(done.body()).isEqualTo(bytes("cba"));
    assertThat(done.headers()).containsExactly(new Header("x-length", "3"));
    assertThat(Objects.requireNonNull(seen).header("content-type")).isEqualTo("text/plain");
  }

  @Test
  void call_bodyBeyondTheBound_isRefused() {
    deploy(this::mirror);

    assertThat(call(new byte[MAX_BODY + 1]))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.TOO_LARGE));
  }

  @Test
  void stream_largeBody_isPutTogetherAndAnsweredInPieces() {
    deploy(this::mirror);
    byte[] body = new byte[MAX_BODY];
    new Random(1).nextBytes(body);

    List<StreamMessage> answer = stream(body);

    assertThat(answer.get(0)).isInstanceOf(Answered.class);
    Done head = (Done) ((Answered) answer.get(0)).reply();
    assertThat(head.body()).isEmpty();
    assertThat(head.contentType()).isEqualTo("text/x-mirror");
    assertThat(head.headers())
        .containsExactly(
            new Header("x-length", "2000000"), new Header("content-length", "2000000"));
    assertThat(answer).hasSizeGreaterThan(10);
    assertThat(joined(answer.subList(1, answer.size()))).isEqualTo(reversed(body));
    assertThat(budget().taken()).isZero();
  }

  @Test
  void stream_withoutBody_isAnswered() {
    deploy(this::mirror);

    List<StreamMessage> answer = stream(new byte[0]);

    assertThat(answer).hasSize(1);
    assertThat(answer.get(0)).isInstanceOf(Answered.class);
  }

  @Test
  void stream_bodyBeyondTheBound_isRefusedAndGivenBack() {
    deploy(this::mirror);

    List<StreamMessage> answer = stream(new byte[MAX_BODY + Pieces.PIECE_BYTES]);

    assertThat(answer)
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.reason().refusal()).isEqualTo(Refusal.TOO_LARGE);
              assertThat(failed.reason().detail()).contains("<= 2000000 bytes");
            });
    assertThat(budget().taken()).isZero();
  }

  @Test
  void stream_allBodiesTogetherTooLarge_isNotExecuted() {
    node.scope.shared("sdk:large-bodies", () -> new PieceBudget(100_000));
    deploy(this::mirror);

    assertThat(stream(new byte[200_000]))
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> assertThat(failed.reason().refusal()).isEqualTo(Refusal.NOT_EXECUTED));
    assertThat(stream(new byte[90_000])).hasSizeGreaterThan(1);
  }

  @Test
  void stream_handlerRefuses_saysWhy() {
    deploy(
        on ->
            on.raw(
                "POST",
                "/raw",
                (call, body) -> ServiceVerticle.refuse(Refusal.ABSENT, "no such model")));

    assertThat(stream(bytes("x")))
        .singleElement()
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> assertThat(failed.reason().detail()).isEqualTo("no such model"));
  }

  @Test
  void stream_handlerFails_isReset() {
    deploy(
        on ->
            on.raw(
                "POST",
                "/raw",
                (call, body) ->
                    Future.failedFuture(new BusException(ErrorCode.OVERLOADED, "queue"))));

    assertThatThrownBy(() -> stream(bytes("x")))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
  }

  @Test
  void stream_handlerThrows_isAnInternalErrorWithoutDetails() {
    deploy(
        on ->
            on.raw(
                "POST",
                "/raw",
                (call, body) -> {
                  throw new IllegalStateException("hunter2");
                }));

    assertThatThrownBy(() -> stream(bytes("x")))
        .isInstanceOfSatisfying(
            BusException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void stream_clientLeaves_givesTheBodyBack() {
    deploy(this::mirror);

    node.call(
        bus ->
            bus.open(OperationContract.stream("shop"), request(new byte[0]), SdkNode.caller())
                .compose(
                    opened -> {
                      BusStream<StreamMessage, StreamMessage> stream =
                          Objects.requireNonNull(opened.stream());
                      stream.send(new Item("", "", new byte[1000]));
                      stream.reset(ErrorCode.CANCELLED, "left");
                      // Answered after what came before it on the same loop.
                      return bus.call(
                          OperationContract.operate("shop"), request(bytes("x")), SdkNode.caller());
                    }));

    assertThat(budget().taken()).isZero();
  }

  @Test
  void announce_rawOperation_saysShapeBoundsAndMedia() {
    deploy(
        on -> {
          mirror(on)
              .errors(ErrorShape.MESSAGE)
              .takes("application/json", "{\"type\":\"object\"}")
              .takes("application/octet-stream", "")
              .gives("application/json", "{\"type\":\"array\"}");
          on.raw("GET", "/raw", (call, body) -> ServiceVerticle.replyBytes("text/plain", body));
        });

    List<OperationRecord> records = node.catalog.services().get(0).operations();
    OperationRecord post = records.get(0);
    assertThat(post.interaction()).isEqualTo(Interaction.RAW);
    assertThat(post.errors()).isEqualTo(ErrorShape.MESSAGE);
    assertThat(post.maxBodyBytes()).isEqualTo(MAX_BODY);
    assertThat(post.headers()).containsExactly("content-type");
    assertThat(post.document())
        .contains(
            "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}},"
                + "\"application/octet-stream\":{}}}")
        .contains("\"content\":{\"application/json\":{\"schema\":{\"type\":\"array\"}}}");
    OperationRecord get = records.get(1);
    assertThat(get.errors()).isEqualTo(ErrorShape.PROBLEM);
    assertThat(get.maxBodyBytes()).isZero();
    assertThat(get.document()).doesNotContain("requestBody");
  }

  @Test
  void declare_whatCannotBeServed_isRefused() {
    Operations on = new Operations("shop");

    assertThatThrownBy(() -> on.raw("PUT", "/raw", (call, body) -> never()))
        .hasMessage("method: PUT (expected: GET or POST)");
    Operation stream =
        on.stream("/s", String.class, call -> ServiceVerticle.produce(StreamWriter::end))
            .errors(ErrorShape.MESSAGE);
    assertThatThrownBy(stream::check)
        .hasMessageContaining("errors: MESSAGE (expected: PROBLEM, since it is a stream)");
  }

  private static <T> Future<T> never() {
    return Future.failedFuture("never called");
  }

  private Operation mirror(Operations on) {
    return on.raw(
            "POST",
            "/raw",
            (call, body) -> {
              seen = call;
              return Future.succeededFuture(
                  Reply.bytes("text/x-mirror", reversed(body))
                      .header("x-length", Integer.toString(body.length)));
            })
        .maxBodyBytes(MAX_BODY);
  }

  private void deploy(Consumer<Operations> declare) {
    node.deploy(
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

  private PieceBudget budget() {
    return node.scope.shared("sdk:large-bodies", PieceBudget::ofHeap);
  }

  private OperationReply call(byte[] body) {
    return node.call(
        bus -> bus.call(OperationContract.operate("shop"), request(body), SdkNode.caller()));
  }

  /** Sends a body in pieces and collects what comes back. */
  private List<StreamMessage> stream(byte[] body) {
    return node.call(
        bus -> {
          Promise<List<StreamMessage>> read = Promise.promise();
          List<StreamMessage> items = new ArrayList<>();
          bus.open(OperationContract.stream("shop"), request(new byte[0]), SdkNode.caller())
              .onFailure(read::tryFail)
              .onSuccess(
                  opened -> {
                    BusStream<StreamMessage, StreamMessage> stream =
                        Objects.requireNonNull(opened.stream());
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
                    Pieces.send(stream, body, piece -> new Item("", "", piece), stream::end);
                  });
          return read.future();
        });
  }

  private static OperationRequest request(byte[] body) {
    return new OperationRequest(
        "shop.post-raw",
        List.of(),
        "",
        List.of(new Header("content-type", "text/plain")),
        "192.0.2.1",
        body);
  }

  private static byte[] joined(List<StreamMessage> items) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    items.forEach(item -> whole.writeBytes(((Item) item).data()));
    return whole.toByteArray();
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
