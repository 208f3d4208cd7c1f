package dev.starling.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import dev.starling.sdk.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client of fusion sees: a real node with everything that it ships, over HTTP. */
@Timeout(240)
final class FusionIT {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private static Path data;
  private static NodeProcess node;
  private static String token;
  private static String stranger;
  private static String user;

  @BeforeAll
  static void start() {
    node =
        new Settings(data, Mesh.create())
            .with("STARLING_INFERENCE_SHIPPED", "true")
            .with("STARLING_INFERENCE_START_WAIT", "50s")
            .start();
    token = signUp("zoe@example.org");
    stranger = signUp("max@example.org");
    String claims = token.split("\\.")[1];
    user = json(new String(Base64.getUrlDecoder().decode(claims), UTF_8)).path("sub").asText();
    device("phone-1", "My phone", "phone", "", "set_wallpaper");
    device("tv-1", "The TV", "tv", "living room", "show_on");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void photo_andWhatIsSaidOfIt_becomeACommandOfTheDevice() throws Exception {
    Instant at = Instant.now();
    HttpResponse<String> taken =
        send(
            request("/v1/fusion/events", token)
                .header("content-type", "image/jpeg")
                .header("ce-specversion", "1.0")
                .header("ce-id", "img-1")
                .header("ce-source", "/devices/phone-1")
                .header("ce-type", "dev.starling.fusion.image")
                .header("ce-time", at.minusSeconds(4).toString())
                .header("ce-sentat", at.toString())
                .header("ce-imageid", "photo-1")
                .header("ce-caption", "a%20red%20square")
                .POST(BodyPublishers.ofByteArray(picture())));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    assertThat(taken.body()).isEqualTo("{\"accepted\":1,\"duplicates\":0}");

    HttpResponse<String> said = post(token, said("utt-1", at));
    assertThat(said.statusCode()).as(said.body()).isEqualTo(202);
    HttpResponse<String> again = post(token, said("utt-1", at));
    assertThat(again.body()).isEqualTo("{\"accepted\":0,\"duplicates\":1}");

    JsonNode decision = json(get("/v1/fusion/decisions?utterance=utt-1&wait_ms=20000", token));
    assertThat(decision.path("status").asText()).as(decision.toString()).isEqualTo("resolved");
    assertThat(decision.path("intent").asText()).isEqualTo("set_wallpaper");
    assertThat(decision.path("target").path("id").asText()).isEqualTo("photo-1");
    assertThat(decision.path("device").asText()).isEqualTo("phone-1");
    node.await(
        "with the command booked",
        found ->
            get("/v1/devices/phone-1/commands", token).contains(decision.path("command").asText()));

    JsonNode explanation = json(get("/v1/fusion/decisions/utt-1/explanation", token));
    assertThat(explanation.path("candidates").path(0).path("id").asText()).isEqualTo("img-1");
    assertThat(node.manage("/fusion?user=" + user + "&utterance=utt-1").body())
        .contains("<svg", "photo-1");

    assertThat(send(request("/v1/fusion/decisions?utterance=utt-1", stranger).GET()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void event_thatIsUnusable_isAProblemThatNamesTheField() throws Exception {
    HttpResponse<String> refused =
        post(token, said("utt-2", Instant.parse("2001-01-01T00:00:00Z")));

    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(json(refused.body()).path("detail").asText())
        .startsWith("time: 2001-01-01T00:00Z (expected: within 7 days before");
  }

  @Test
  void picture_thatIsNone_isRefused() throws Exception {
    HttpResponse<String> refused =
        post(
            token,
            """
            {"specversion":"1.0","id":"img-9","source":"/devices/phone-1",\
            "type":"dev.starling.fusion.image","time":"%s",\
            "data":{"image_id":"x","bytes_base64":"bm8gcGljdHVyZQ=="}}"""
                .formatted(Instant.now()));

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
    assertThat(json(refused.body()).path("detail").asText()).startsWith("data: ");
  }

  @Test
  void socket_eventsFromADevice_areAnswered() throws Exception {
    BlockingQueue<String> answers = new ArrayBlockingQueue<>(10);
    WebSocket socket =
        HTTP.newWebSocketBuilder()
            .header("authorization", "Bearer " + token)
            .buildAsync(
                URI.create(node.url("/v1/fusion/stream").replace("http:", "ws:")),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(
                      WebSocket from, CharSequence text, boolean last) {
                    answers.add(text.toString());
                    from.request(1);
                    return null;
                  }
                })
            .get(20, TimeUnit.SECONDS);

    socket.sendText(said("utt-3", Instant.now()), true).get(20, TimeUnit.SECONDS);

    assertThat(answers.poll(20, TimeUnit.SECONDS))
        .contains("\"id\":\"utt-3\"", "\"outcome\":\"accepted\"");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
  }

  private static String said(String id, Instant at) {
    return """
        {"specversion":"1.0","id":"%s","source":"/devices/phone-1",\
        "type":"dev.starling.fusion.speech","time":"%s",\
        "data":{"transcript":"set the photo I just took as wallpaper","confidence":0.95}}"""
        .formatted(id, at);
  }

  /** With the noise of a lens: what is drawn without is taken for a screenshot. */
  private static byte[] picture() throws IOException {
    SplittableRandom noise = new SplittableRandom(5);
    BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int light = 170 + y / 8 + noise.nextInt(40);
        image.setRGB(x, y, light << 16 | light / 3 + noise.nextInt(30) << 8 | light / 4);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", file);
    return file.toByteArray();
  }

  private static void device(
      String id, String name, String kind, String location, String capability) {
    HttpResponse<String> put =
        send(
            request("/v1/devices/" + id, token)
                .header("content-type", "application/json")
                .PUT(
                    BodyPublishers.ofString(
                        "{\"name\":\"%s\",\"kind\":\"%s\",\"location\":\"%s\",\"capabilities\":[\"%s\"]}"
                            .formatted(name, kind, location, capability))));
    assertThat(put.statusCode()).as(put.body()).isBetween(200, 201);
  }

  private static HttpResponse<String> post(String of, String event) {
    return send(
        request("/v1/fusion/events", of)
            .header("content-type", "application/cloudevents+json")
            .POST(BodyPublishers.ofString(event)));
  }

  private static String get(String path, String of) {
    HttpResponse<String> answer = send(request(path, of).GET());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static HttpRequest.Builder request(String path, String of) {
    return HttpRequest.newBuilder(URI.create(node.url(path)))
        .header("authorization", "Bearer " + of);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String signUp(String email) {
    String credentials =
        "{\"email\":\"%s\",\"password\":\"correct horse battery\"".formatted(email);
    HttpResponse<String> made =
        node.post("/v1/auth/signup", credentials + ",\"name\":\"Someone\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return json(node.post("/v1/auth/token", credentials + "}").body())
        .path("access_token")
        .asText();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
