package dev.starling.cluster.inference;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Principal;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.edge.EdgeVerticle;
import dev.starling.inference.InferenceVerticle;
import dev.starling.openinference.OpenInferenceVerticle;
import dev.starling.sdk.Members;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a request in a model's queue when its client closes the connection. */
@Timeout(120)
class ClientLeavesIT {
  private static final String BODY =
      "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"red\"]}]}";

  @Test
  void client_leavesWhileItsRequestWaits_theQueueDropsItAndServesTheOthers(@TempDir Path directory)
      throws IOException {
    ColourClip.writeTo(directory.resolve("models"));
    // Two rows are a batch; one waits for company, a second at most.
    Files.writeString(
        directory.resolve("models").resolve(ColourClip.TEXT).resolve("config.yaml"),
        "batching: always\nmax-batch: 2\nmax-delay: 1s\n",
        StandardOpenOption.APPEND);
    try (TestNode node = new TestNode(directory)) {
      final int port = deploy(node);
      double run = 0;
      // On a machine that stands still for that second it is run; then the next one is looked at.
      for (int i = 0; i < 10 && cancelled(node) == 0; i++) {
        double before = rowsRun(node);
        try (Socket client = ask(port)) {
          await(() -> gauge(node) == 1 || rowsRun(node) > before, "in the queue");
        }
        await(() -> cancelled(node) == 1 || rowsRun(node) > before, "dropped");
        run = rowsRun(node);
      }

      assertThat(cancelled(node)).isEqualTo(1);
      assertThat(gauge(node)).isZero();
      try (Socket one = ask(port);
          Socket other = ask(port)) {
        assertThat(statusLine(one)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(statusLine(other)).isEqualTo("HTTP/1.1 200 OK");
      }
      assertThat(cancelled(node)).isEqualTo(1);
      assertThat(rowsRun(node)).isEqualTo(run + 2);
    }
  }

  private static int deploy(TestNode node) {
    node.scope().provide(Members.class, Members.alone("test"));
    node.settings().putObject("http").put("host", "127.0.0.1").put("port", 0);
    node.settings().putObject("inference").put("shipped", false).put("start-wait", "1m");
    EdgeVerticle edge = new EdgeVerticle();
    node.deploy(new InferenceVerticle(), new Anybody(), new OpenInferenceVerticle());
    node.deploy(edge);
    return edge.port();
  }

  private static Socket ask(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            ("POST /v2/models/%s/infer HTTP/1.1\r\nhost: a\r\nauthorization: Bearer x\r\n"
                    + "content-type: application/json\r\ncontent-length: %d\r\n\r\n%s")
                .formatted(ColourClip.TEXT, BODY.length(), BODY)
                .getBytes(US_ASCII));
    return socket;
  }

  private static String statusLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c != '\r'; c = socket.getInputStream().read()) {
      assertThat(c).as("after " + line).isPositive();
      line.append((char) c);
    }
    return line.toString();
  }

  private static double gauge(TestNode node) {
    return node.scope()
        .meters()
        .get("inference.queue.rows")
        .tag("model", ColourClip.TEXT)
        .gauge()
        .value();
  }

  private static double rowsRun(TestNode node) {
    return node.scope()
        .meters()
        .get("inference.batch.rows")
        .tag("model", ColourClip.TEXT)
        .summary()
        .totalAmount();
  }

  private static double cancelled(TestNode node) {
    return node.scope()
        .meters()
        .get("inference.cancelled")
        .tag("model", ColourClip.TEXT)
        .counter()
        .count();
  }

  private static void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("not " + what).isNegative();
      Thread.onSpinWait();
    }
  }

  /** Every token is somebody's. */
  private static final class Anybody extends ServiceVerticle {
    @Override
    public String name() {
      return AuthContract.SERVICE;
    }

    @Override
    protected Future<?> open() {
      return serve(
          AuthContract.VERIFY,
          (token, call) ->
              Future.succeededFuture(new Verified(new Principal("ada", Set.of()), Long.MAX_VALUE)));
    }
  }
}
