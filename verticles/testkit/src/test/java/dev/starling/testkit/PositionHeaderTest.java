package dev.starling.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.Violation;
import dev.starling.postgres.shards.Position;
import dev.starling.postgres.shards.PositionHeader;
import dev.starling.sdk.Operations;
import dev.starling.sdk.Reply;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PositionHeaderTest {
  @TempDir Path directory;
  private TestNode node;

  record Seen(long stalenessMillis, String after) {}

  /** Says how fresh a read would have been. */
  static final class ReaderVerticle extends ServiceVerticle {
    @Override
    protected void declare(Operations on) {
      on.get(
              "/v1/reader",
              Seen.class,
              call ->
                  PositionHeader.read(
                      call,
                      Duration.ofSeconds(3),
                      freshness -> {
                        Position after = freshness.after();
                        Reply<Seen> reply =
                            Reply.ok(
                                new Seen(
                                    freshness.staleness().toMillis(),
                                    after == null ? "" : after.text()));
                        return Future.succeededFuture(
                            PositionHeader.on(reply, new Position("home", 0x1_0000_00AAL)));
                      }))
          .id("reader.read")
          .wants(Position.HEADER)
          .open();
    }
  }

  @BeforeEach
  void start() {
    node = new TestNode(directory);
    node.deploy(new ReaderVerticle());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void read_withoutTheHeader_isAsStaleAsTheOperationAllows() {
    assertThat(body(read())).isEqualTo("{\"staleness_millis\":3000,\"after\":\"\"}");
  }

  @Test
  void read_withWhatAnAnswerHad_mustShowThat() {
    OperationReply.Done first = (OperationReply.Done) read();
    String position = first.headers().get(0).value();
    assertThat(first.headers()).containsExactly(new Header("starling-position", "home.1-AA"));
    assertThat(body(read(new Header(Position.HEADER, position))))
        .isEqualTo("{\"staleness_millis\":3000,\"after\":\"home.1-AA\"}");
  }

  @Test
  void read_withWhatNoAnswerHad_isRefusedSayingWhatIsExpected() {
    for (String wrong : List.of("", "home", "home.1", "home.x-1", "home.1-AA-2", "Home.1-AA")) {
      OperationReply.Refused refused =
          (OperationReply.Refused) read(new Header(Position.HEADER, wrong));
      assertThat(refused.refusal()).isEqualTo(OperationReply.Refusal.INVALID);
      assertThat(refused.violations())
          .containsExactly(
              new Violation(
                  "/header/starling-position",
                  "must be as an answer had it, such as home.0-1A2B3C4D"));
    }
  }

  private OperationReply read(Header... headers) {
    return node.operate(
        "reader",
        new OperationRequest(
            "reader.read", List.of(), "", List.of(headers), "127.0.0.1", new byte[0]),
        node.anonymous());
  }

  private static String body(OperationReply reply) {
    return new String(((OperationReply.Done) reply).body(), UTF_8);
  }
}
