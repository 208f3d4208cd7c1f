package dev.starling.cluster.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Takes spans over OTLP/HTTP, as a collector does; answers when the test lets it. */
final class OtlpReceiver implements AutoCloseable {
  final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final Future<?> letIn;
  private final HttpServer server;

  /**
   * @param letIn answers wait for it
   */
  OtlpReceiver(Future<?> letIn) {
    this.letIn = letIn;
    this.server =
        TestNode.await(
            vertx.createHttpServer().requestHandler(this::received).listen(0, "127.0.0.1"));
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private void received(HttpServerRequest request) {
    if (!request.path().equals("/v1/traces")
        || !"application/x-protobuf".equals(request.getHeader("content-type"))) {
      request.response().setStatusCode(404).end();
      return;
    }
    request
        .body()
        .onSuccess(
            body -> {
              try {
                spans.addAll(ReceivedSpan.read(body.getBytes()));
              } catch (InvalidProtocolBufferException e) {
                request.response().setStatusCode(400).end();
                return;
              }
              letIn.onComplete(
                  open ->
                      request
                          .response()
                          .putHeader("content-type", "application/x-protobuf")
                          .end(Buffer.buffer()));
            });
  }

  /** Waits until so many spans are here. */
  void await(int count) {
    await(() -> spans.size() >= count, count + " spans, not " + spans);
  }

  static void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + TestNode.PATIENCE + ": " + what);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    TestNode.await(vertx.close());
  }
}
