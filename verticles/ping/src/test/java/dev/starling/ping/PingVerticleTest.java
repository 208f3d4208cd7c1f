package dev.starling.ping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.testkit.TestNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PingVerticleTest {
  @Test
  void ping_anybody_isAnsweredWithPong(@TempDir Path directory) {
    try (TestNode node = new TestNode(directory)) {
      node.deploy(new PingVerticle());

      OperationReply reply =
          node.operate(
              "ping",
              new OperationRequest("ping.ping", List.of(), "", List.of(), "192.0.2.1", new byte[0]),
              node.anonymous());

      assertThat(reply)
          .isInstanceOfSatisfying(
              Done.class,
              done -> {
                assertThat(done.kind()).isEqualTo(Kind.OK);
                assertThat(done.contentType()).isEqualTo("application/json");
                assertThat(new String(done.body(), UTF_8)).isEqualTo("{\"message\":\"pong\"}");
              });
    }
  }
}
