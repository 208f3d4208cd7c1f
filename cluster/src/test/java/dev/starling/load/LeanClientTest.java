package dev.starling.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a server that answers what its path says, and {@code /never} not at all. */
@Timeout(20)
final class LeanClientTest {
  private static final long LONG_NANOS = 10_000_000_000L;

  private final Vertx vertx = Vertx.vertx();
  private int port;

  @BeforeEach
  void start() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  if (request.path().equals("/close")) {
                    request.response().putHeader("connection", "close").end("the last one");
                  } else if (!request.path().equals("/never")) {
                    request
                        .response()
                        .setStatusCode(Integer.parseInt(request.path().substring(1)))
                        .end("x".repeat(100_000));
                  }
                });
    port = server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void calls_onOneConnection_endInTheirOrderWithTheirStatus() throws Exception {
    assertThat(statuses(1, LONG_NANOS, "/200", "/503", "/close", "/429"))
        .containsExactly(200, 503, 200, 429);
  }

  @Test
  void call_thatIsNotAnswered_endsWithoutAStatusAndHoldsNobodyUp() throws Exception {
    assertThat(statuses(1, 50_000_000, "/never")).containsExactly(0);
    assertThat(statuses(2, 200_000_000, "/never", "/200")).containsExactlyInAnyOrder(0, 200);
  }

  @Test
  void connections_openedBefore_areThoseThatCallsUse() throws Exception {
    Promise<Integer> answered = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            now -> {
              // No more may be opened, and no call may wait for one.
              LeanClient client = new LeanClient(vertx, "127.0.0.1", port, 1, 0);
              client
                  .connect(1)
                  .onFailure(answered::fail)
                  .onSuccess(
                      opened ->
                          client.call(
                              request("/202"), System.nanoTime() + LONG_NANOS, answered::complete));
            });

    assertThat(answered.future().await(15, TimeUnit.SECONDS)).isEqualTo(202);
  }

  @Test
  void connections_thatNobodyTakes_areAFailure() throws Exception {
    stop();
    Vertx other = Vertx.vertx();
    try {
      Promise<Void> opened = Promise.promise();
      other.runOnContext(
          now -> new LeanClient(other, "127.0.0.1", port, 1, 0).connect(1).onComplete(opened));

      assertThatThrownBy(() -> opened.future().await(10, TimeUnit.SECONDS))
          .isInstanceOf(ConnectException.class);
    } finally {
      other.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static Buffer request(String path) {
    return Buffer.buffer("GET " + path + " HTTP/1.1\r\nhost: test\r\n\r\n");
  }

  private List<Integer> statuses(int connections, long patienceNanos, String... paths)
      throws Exception {
    Promise<List<Integer>> all = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            now -> {
              LeanClient client = new LeanClient(vertx, "127.0.0.1", port, connections, 10);
              List<Integer> ended = new ArrayList<>();
              for (String path : paths) {
                client.call(
                    request(path),
                    System.nanoTime() + patienceNanos,
                    status -> {
                      ended.add(status);
                      if (ended.size() == paths.length) {
                        client.close();
                        all.complete(ended);
                      }
                    });
              }
            });
    Future<List<Integer>> future = all.future();
    return future.await(15, TimeUnit.SECONDS);
  }
}
