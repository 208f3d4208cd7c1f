package dev.starling.cluster.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Principal;
import dev.starling.cluster.config.OtelConfig;
import dev.starling.contract.auth.AuthContract;
import dev.starling.contract.auth.AuthContract.Verified;
import dev.starling.edge.EdgeVerticle;
import dev.starling.inference.InferenceVerticle;
import dev.starling.openinference.OpenInferenceVerticle;
import dev.starling.sdk.Members;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.Spans;
import dev.starling.testkit.TestNode;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request for an embedding, from the edge to the model that ships, as a collector sees it. */
@Timeout(180)
class SpansIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENT = "00f067aa0ba902b7";
  private static final String MODEL = "all-minilm-l6-v2";

  @Test
  void embedding_ofASampledTrace_isShownFromTheEdgeToTheModel(@TempDir Path directory)
      throws Exception {
    try (OtlpReceiver collector = new OtlpReceiver(Future.succeededFuture());
        TestNode node = new TestNode(directory)) {
      SpanExport export =
          SpanExport.start(
              new OtelConfig(collector.endpoint(), 0, 2048), "n-1", "1.2", node.scope().meters());
      int port = deploy(node, export);

      assertThat(embed(port, "00-" + "1".repeat(32) + "-" + CLIENT + "-00")).isEqualTo(200);
      assertThat(embed(port, null)).isEqualTo(200);
      assertThat(embed(port, "00-" + TRACE + "-" + CLIENT + "-01")).isEqualTo(200);
      collector.await(4);
      export.close();

      List<ReceivedSpan> spans = collector.spans;
      assertThat(spans)
          .extracting(ReceivedSpan::name)
          .containsExactlyInAnyOrder("edge", "inference", "batch", "model");
      assertThat(spans).extracting(ReceivedSpan::trace).containsOnly(TRACE);
      assertThat(spans).noneMatch(ReceivedSpan::failed);
      ReceivedSpan edge = named(spans, "edge");
      ReceivedSpan inference = named(spans, "inference");
      ReceivedSpan batch = named(spans, "batch");
      ReceivedSpan model = named(spans, "model");
      assertThat(edge.parent()).isEqualTo(CLIENT);
      assertThat(edge.kind()).isEqualTo(ReceivedSpan.SERVER);
      assertThat(edge.attributes())
          .containsEntry("http.request.method", "POST")
          .containsEntry("http.route", "/v1/embeddings")
          .containsEntry("http.response.status_code", 200L);
      assertThat(inference.parent()).isEqualTo(edge.id());
      assertThat(inference.kind()).isEqualTo(ReceivedSpan.CONSUMER);
      assertThat(inference.attributes())
          .containsEntry("starling.model", MODEL)
          .containsEntry("starling.model.version", "1")
          .containsEntry("starling.inference.rows", 1L);
      assertThat((double) inference.attributes().get("starling.inference.queue_seconds"))
          .isBetween(0.0, 60.0);
      assertThat(inference.links()).containsExactly(TRACE + "-" + batch.id());
      assertThat(batch.parent()).isEqualTo(inference.id());
      assertThat(batch.kind()).isEqualTo(ReceivedSpan.INTERNAL);
      assertThat(batch.links()).containsExactly(TRACE + "-" + inference.id());
      assertThat(batch.attributes())
          .containsEntry("starling.batch.rows", 1L)
          .containsEntry("starling.batch.padded_tokens", 0L)
          .containsEntry("starling.model", MODEL);
      assertThat(model.parent()).isEqualTo(batch.id());
      assertThat(model.startNanos()).isGreaterThanOrEqualTo(batch.startNanos());
      assertThat(model.endNanos()).isLessThanOrEqualTo(batch.endNanos());
      assertThat(edge.startNanos()).isLessThanOrEqualTo(inference.startNanos());
    }
  }

  private static int deploy(TestNode node, Spans spans) {
    node.scope().provide(Spans.class, spans);
    node.scope().provide(Members.class, Members.alone("test"));
    node.settings().putObject("http").put("host", "127.0.0.1").put("port", 0);
    node.settings().putObject("inference").put("start-wait", "2m");
    EdgeVerticle edge = new EdgeVerticle();
    node.deploy(new InferenceVerticle(), new Anybody(), new OpenInferenceVerticle());
    node.deploy(edge);
    return edge.port();
  }

  private static int embed(int port, String traceparent) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/embeddings"))
            .header("authorization", "Bearer anything")
            .header("content-type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"model\":\"%s\",\"input\":[\"a storm is coming\"]}".formatted(MODEL)));
    if (traceparent != null) {
      request.header("traceparent", traceparent);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).statusCode();
  }

  private static ReceivedSpan named(List<ReceivedSpan> spans, String name) {
    return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
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
