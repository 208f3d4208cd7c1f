package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.cluster.NodeProcess.Mesh;
import dev.starling.cluster.NodeProcess.Settings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes as operators run them: the jar, real processes, a real database, a real cluster. */
@Timeout(240)
final class NodeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "correct horse battery";

  @TempDir private Path data;
  private final Mesh mesh = Mesh.create();

  static Stream<Path> javas() {
    return Stream.concat(
        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")), Jdk25.find().stream());
  }

  @ParameterizedTest
  @MethodSource("javas")
  void oneNode_aPersonSignsUp_readsTheProfileBack(Path java) {
    try (NodeProcess node = settings().on(java).start()) {
      String token = signUp(node, "ada@example.com");

      HttpResponse<String> me = node.get("/v1/users/me", "authorization", "Bearer " + token);

      assertThat(me.statusCode()).isEqualTo(200);
      assertThat(json(me).path("email").asText()).isEqualTo("ada@example.com");
      assertThat(me.headers().firstValue("ratelimit")).isPresent();
      assertThat(node.get("/v1/ping").body()).isEqualTo("{\"message\":\"pong\"}");
      assertThat(node.output()).doesNotContain("blocked");
      assertThat(node.stop()).isZero();
    }
  }

  @Test
  void threeNodes_joined_eachListsAllAndSharesUsers() {
    try (NodeProcess a = settings().with("STARLING_ZONE", "a").start();
        NodeProcess b = settings().with("STARLING_ZONE", "b").start();
        NodeProcess c = settings().with("STARLING_ZONE", "c").start()) {
      assertThat(b.manage("/metrics").body()).containsPattern("node_info\\{[^}]*zone=\"b\"");
      for (NodeProcess node : List.of(a, b, c)) {
        node.await("in a cluster of three", found -> zones(found).equals(List.of("a", "b", "c")));
      }

      String token = signUp(a, "grace@example.com");

      for (NodeProcess node : List.of(b, c)) {
        assertThat(node.get("/v1/users/me", "authorization", "Bearer " + token).statusCode())
            .isEqualTo(200);
      }
    }
  }

  @Test
  void edgeOnlyNode_asked_servesThroughTheOthers() {
    try (NodeProcess services =
            settings().with("STARLING_VERTICLES", "auth,rate-limiter,users,ping").start();
        NodeProcess edge =
            settings()
                .with("STARLING_VERTICLES", "edge")
                .with("STARLING_DATA_DIR", data.resolve("edge").toString())
                .start()) {
      edge.await("serving", found -> found.get("/v1/ping").statusCode() == 200);
      edge.await(
          "knowing users", found -> found.get("/openapi.json").body().contains("/v1/users/me"));

      String token = signUp(edge, "edge@example.com");

      assertThat(edge.get("/v1/users/me", "authorization", "Bearer " + token).statusCode())
          .isEqualTo(200);
      assertThat(services.isReady()).isTrue();
    }
  }

  @Test
  void answeredSignUp_nodeAndDatabaseKilledAtOnce_isStillThere() throws Exception {
    String token;
    try (NodeProcess node = settings().start()) {
      signUp(node, "durable@example.com");
      killDatabase();
      node.kill();
    }
    try (NodeProcess node = settings().start()) {
      token = token(node, "durable@example.com");
      assertThat(node.get("/v1/users/me", "authorization", "Bearer " + token).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void thirdPartyJar_inVerticlesPath_isServedAndDocumented() throws IOException {
    Path jars = Files.createDirectory(data.resolve("jars"));
    Path greeting;
    try (Stream<Path> built = Files.list(Path.of("..", "verticles", "greeting", "target"))) {
      greeting =
          built
              .filter(file -> file.getFileName().toString().matches("starling-greeting-.*\\.jar"))
              .findFirst()
              .orElseThrow();
    }
    Files.copy(greeting, jars.resolve("greeting.jar"));

    try (NodeProcess node =
        settings()
            .with("STARLING_VERTICLES_PATH", jars.toString())
            .with("STARLING_VERTICLES", "edge,rate-limiter,greeting")
            .start()) {
      assertThat(node.get("/v1/greetings/Ada").body()).isEqualTo("{\"text\":\"Hello, Ada\"}");
      assertThat(node.get("/openapi.json").body()).contains("/v1/greetings/{name}");
    }
  }

  @Test
  void portInUse_start_oneClearLineAndNonZeroExit() {
    try (NodeProcess first = settings().start();
        NodeProcess second =
            settings().with("STARLING_HTTP_PORT", "" + first.httpPort()).launch()) {
      assertThat(second.exitCode()).isNotZero();
      assertThat(second.output())
          .contains("http.port: " + first.httpPort())
          .doesNotContain("\tat ");
    }
  }

  @Test
  void misspelledKey_start_namesTheNearestOne() throws IOException {
    Path file = Files.writeString(data.resolve("starling.yaml"), "http:\n  prot: 8080\n");
    try (NodeProcess node = settings().arguments("--config", file.toString()).launch()) {
      assertThat(node.exitCode()).isEqualTo(2);
      assertThat(node.output())
          .contains("http.prot: unknown key (did you mean port?)")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void unreachableDatabase_start_oneClearLineAndNonZeroExit() {
    try (NodeProcess node =
        settings()
            .with("STARLING_POSTGRES_URI", "postgresql://starling:secret@127.0.0.1:1/starling")
            .launch()) {
      assertThat(node.exitCode()).isNotZero();
      assertThat(node.output()).contains("127.0.0.1:1").doesNotContain("secret", "\tat ");
    }
  }

  @Test
  void secondDatabase_sameCluster_isRefusedWithOneLine() {
    try (NodeProcess first = settings().start();
        NodeProcess second =
            settings().with("STARLING_DATA_DIR", data.resolve("other").toString()).launch()) {
      assertThat(second.exitCode()).isNotZero();
      assertThat(second.output()).contains("postgres.uri is not set").doesNotContain("\tat ");
      assertThat(first.isReady()).isTrue();
    }
  }

  private Settings settings() {
    return new Settings(data, mesh);
  }

  private static String signUp(NodeProcess node, String email) {
    HttpResponse<String> answer =
        node.post(
            "/v1/auth/signup",
            "{\"email\":\"%s\",\"password\":\"%s\",\"name\":\"Someone\"}"
                .formatted(email, PASSWORD));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return token(node, email);
  }

  private static String token(NodeProcess node, String email) {
    HttpResponse<String> answer =
        node.post(
            "/v1/auth/token", "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, PASSWORD));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("access_token").asText();
  }

  private static List<String> zones(NodeProcess node) {
    return StreamSupport.stream(json(node.manage("/cluster")).path("nodes").spliterator(), false)
        .filter(member -> member.path("state").asText().equals("serving"))
        .map(member -> member.path("zone").asText())
        .sorted()
        .toList();
  }

  private void killDatabase() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      Path pidFile =
          files
              .filter(file -> file.getFileName().toString().equals("postmaster.pid"))
              .findFirst()
              .orElseThrow();
      long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(answer.body(), e);
    }
  }
}
