package dev.starling.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.Safeguard;
import dev.starling.sdk.ConfigException;
import dev.starling.sdk.Instances;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
  @TempDir private Path directory;

  @Test
  void nothingSet_loaded_isTheDefaults() {
    LoadedConfig config = ConfigLoader.load(null, Map.of(), Map.of());

    assertThat(config.node()).isEqualTo(NodeConfig.defaults());
    assertThat(config.verticles().runs("users")).isTrue();
    assertThat(config.tree().path("http").path("port").asInt()).isEqualTo(8080);
  }

  @Test
  void everySource_setsTheSameKey_theLaterWins() throws IOException {
    Path file = file("http: { port: 1111 }\nmanagement: { port: 1112 }\nzone: file\n");
    Map<String, String> environment =
        Map.of("STARLING_MANAGEMENT_PORT", "2222", "STARLING_ZONE", "environment");

    LoadedConfig config = ConfigLoader.load(file, environment, Map.of("zone", "flag"));

    assertThat(config.tree().path("http").path("port").asInt()).isEqualTo(1111);
    assertThat(config.node().management().port()).isEqualTo(2222);
    assertThat(config.node().zone()).isEqualTo("flag");
  }

  @Test
  void section_withoutKeys_changesNothing() throws IOException {
    Path file = file("http:\n#  port: 1111\nzone: a\n");

    LoadedConfig config = ConfigLoader.load(file, Map.of(), Map.of());

    assertThat(config.tree().path("http").path("port").asInt()).isEqualTo(8080);
    assertThat(config.node().zone()).isEqualTo("a");
  }

  @Test
  void constants_areWrittenAsKeysAre() {
    LoadedConfig config =
        ConfigLoader.load(
            null,
            Map.of("STARLING_TRANSPORT", "nio"),
            Map.of("cluster.safeguards-off", "frame-age,hedges"));

    assertThat(config.node().transport()).isEqualTo(SocketTransport.NIO);
    assertThat(config.node().cluster().safeguardsOff())
        .containsExactlyInAnyOrder(Safeguard.FRAME_AGE, Safeguard.HEDGES);
    assertRefused(
        "transport: kqueue", "transport: kqueue (expected: one of auto, io-uring, epoll, nio)");
  }

  @Test
  void list_inTheEnvironment_isSplitAtCommas() {
    LoadedConfig config =
        ConfigLoader.load(
            null,
            Map.of(
                "STARLING_CLUSTER_SEEDS", "10.0.0.1:7800, 10.0.0.2:7800",
                "STARLING_VERTICLES", "edge,users"),
            Map.of());

    assertThat(config.node().cluster().seeds()).containsExactly("10.0.0.1:7800", "10.0.0.2:7800");
    assertThat(config.verticles().run()).containsExactly("edge", "users");
  }

  @Test
  void secret_inAFile_isReadFromThere() throws IOException {
    Path secret =
        Files.writeString(directory.resolve("secret"), "0123456789abcdef0123456789abcdef\n");

    LoadedConfig config =
        ConfigLoader.load(
            null, Map.of("STARLING_AUTH_HS256_SECRET_FILE", secret.toString()), Map.of());

    assertThat(config.tree().path("auth").path("hs256-secret").asText())
        .isEqualTo("0123456789abcdef0123456789abcdef");
  }

  @Test
  void secretsAndPasswords_printed_areMasked() {
    LoadedConfig config =
        ConfigLoader.load(
            null,
            Map.of(
                "STARLING_AUTH_HS256_SECRET", "0123456789abcdef0123456789abcdef",
                "STARLING_POSTGRES_URI", "postgresql://ada:hunter2@db/starling",
                "STARLING_REDIS_URI", "rediss://:hunter3@cache",
                "STARLING_REDIS_PASSWORD", "hunter4"),
            Map.of());

    String printed = ConfigLoader.toYaml(config.masked());

    assertThat(printed)
        .doesNotContain("0123456789abcdef", "hunter")
        .contains("ada:****@db", "rediss://:****@cache");
  }

  @Test
  void passwordsOfShardDatabases_printed_areMasked() throws IOException {
    Path file =
        file(
            """
            shards:
              databases:
                - name: home
                  replicas: ["postgresql://ada:hunter2@replica/starling"]
                - name: south
                  uri: postgresql://ada:hunter3@south/starling
                  shards: 16-31
                  replicas: ["postgresql://ada:hunter4@replica/south"]
            """);
    LoadedConfig config = ConfigLoader.load(file, Map.of(), Map.of());

    assertThat(ConfigLoader.toYaml(config.masked()))
        .doesNotContain("hunter")
        .contains("ada:****@replica/starling", "ada:****@south", "ada:****@replica/south");
  }

  @Test
  void misspelledKeys_loaded_areRefusedNamingTheNearest() {
    assertRefused("htpp: { port: 1 }", "htpp: unknown key (did you mean http?)");
    assertRefused("http: { prot: 1 }", "http.prot: unknown key (did you mean port?)");
    assertRefused(
        "verticles: { usres: { instances: 2 } }",
        "verticles.usres: unknown key (did you mean users?)");
    assertRefused("verticles: { run: [usres] }", "verticles.run: usres (did you mean users?)");
    assertRefused(
        "postgres: { pool-sise: 2 }", "postgres.pool-sise: unknown key (did you mean pool-size?)");
  }

  @Test
  void unusableValues_loaded_areRefusedWithWhatWasExpected() {
    assertRefused("http: 8080", "http: 8080 (expected: a section with keys)");
    assertRefused("management: { port: 70000 }", "port: 70000 (expected: 0..65535)");
    assertRefused("zone: 'a b'", "zone: \"a b\" (expected: 1..64 of A-Z a-z 0-9 . _ -)");
    assertRefused(
        "verticles: { users: { instances: many } }", "many (expected: 1..1024 or per-loop)");
    assertRefused("drain: { notice: 6m }", "drain.notice: PT6M (expected: 0s..5m)");
    assertRefused("drain: { notice: 3s, timeout: 3s }", "expected: longer than notice, at most 1h");
    assertRefused(
        "otel: { endpoint: 'collector:4318' }",
        "endpoint: collector:4318 (expected: http://host:port or https://host:port)");
    assertRefused("otel: { sample-rate: 1.5 }", "sample-rate: 1.5 (expected: 0..1)");
    assertRefused("management: { token: short }", "5 characters (expected: 16..1024");
    assertRefused("postgres: { statement-timeout: soon }", "expected: a duration such as 250ms");
    assertRefused(
        "shards: { databases: [{ name: south, shards: 1 }] }",
        "uri: missing for south (expected: postgresql://…)");
    assertRefused(
        "shards: { databases: [{ name: a, uri: postgresql://u:p@h/d, shards: 30-32 }] }",
        "shards: 30-32 (expected: numbers and ranges within 0..31, e.g. 0-15,20)");
    assertRefused("- a\n- b\n", "expected: keys and values");
    assertRefused("http: { port: [", "not YAML at line");
  }

  @Test
  void variableOfOpenTelemetry_set_isTheEndpointUnlessOursIs() throws IOException {
    Path file = file("otel: { endpoint: 'http://of-the-file:4318' }\n");
    Map<String, String> theirs = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://theirs:4318/");
    Map<String, String> both = new HashMap<>(theirs);
    both.put("STARLING_OTEL_ENDPOINT", "http://ours:4318");

    assertThat(otel(file, theirs).tracesUrl()).isEqualTo("http://theirs:4318/v1/traces");
    assertThat(otel(file, both).tracesUrl()).isEqualTo("http://ours:4318/v1/traces");
    assertThat(otel(file, Map.of()).exports()).isTrue();
    assertThat(OtelConfig.defaults().exports()).isFalse();
    assertThat(OtelConfig.defaults().sampleRate()).isZero();
  }

  private static OtelConfig otel(Path file, Map<String, String> environment) {
    return ConfigLoader.load(file, environment, Map.of()).node().otel();
  }

  @Test
  void fileThatIsNotThere_named_isRefused() {
    assertThatThrownBy(
            () -> ConfigLoader.load(directory.resolve("absent.yaml"), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("absent.yaml")
        .hasMessageContaining("expected: a readable YAML file");
  }

  @Test
  void unknownVariable_thatLooksLikeOurs_isOnlyWarnedAbout() {
    LoadedConfig config =
        ConfigLoader.load(
            null,
            Map.of("STARLING_HTTP_PROT", "1", "STARLING_PORT_8080_TCP_ADDR", "10.0.0.1"),
            Map.of());

    assertThat(config.warnings())
        .contains("STARLING_HTTP_PROT is not a setting (did you mean STARLING_HTTP_PORT?)")
        .hasSize(2);
  }

  @Test
  void instances_configured_areTaken() throws IOException {
    LoadedConfig config =
        ConfigLoader.load(file("verticles: { users: { instances: 3 } }"), Map.of(), Map.of());

    assertThat(config.verticles().instances())
        .containsEntry("users", new Instances(3))
        .containsEntry("auth", Instances.PER_LOOP);
  }

  @Test
  void everyKey_thatANodeHas_isDocumented() throws IOException {
    String documented = Files.readString(Path.of("..", "docs", "config.md"));
    List<String> keys = new ArrayList<>();
    collect(ConfigLoader.load(null, Map.of(), Map.of()).tree(), "", keys);

    assertThat(keys).allSatisfy(key -> assertThat(documented).contains("`" + key + "`"));
  }

  private void assertRefused(String yaml, String expected) {
    assertThatThrownBy(() -> ConfigLoader.load(file(yaml), Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(expected)
        .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1));
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("starling.yaml"), yaml);
  }

  private static void collect(JsonNode node, String path, List<String> keys) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field ->
                  collect(
                      field.getValue(),
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      keys));
    } else {
      keys.add(path);
    }
  }
}
