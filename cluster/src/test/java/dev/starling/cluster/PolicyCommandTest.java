package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.sdk.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PolicyCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void check_goodFile_exitsWithZero() {
    Path shipped = Path.of("..", "conf", "policies.yaml");

    assertThat(run("check", shipped.toString())).as(err.toString()).isZero();
    assertThat(out.toString()).contains("ok: " + shipped).doesNotContain("warning");
  }

  @Test
  void check_mistakes_namesEachOnALineAndExitsWithOne() throws IOException {
    Path file = file("costs: [{ cost: 0 }]\nlimit: []\n");

    assertThat(run("check", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            file + ": limit: unknown section (did you mean limits?)",
            file + ": costs[0]: cost: 0 (expected: 1..1000000)");
  }

  @Test
  void check_noSuchFile_exitsWithTwo() {
    assertThat(run("check", directory.resolve("absent.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("cannot be read");
  }

  @Test
  void check_configuredFile_isTheOneThatIsLookedAt() throws IOException {
    Path file = file("costs: [{ cost: 0 }]\n");

    assertThat(run("check", "--policies", file.toString())).isEqualTo(1);
  }

  @Test
  void check_rulesThatCanDoNothing_areWarnedAbout() throws IOException {
    Path file =
        file(
            """
            caches:
              - { name: profiles, match: { operation: users.me }, ttl: 1s }
            costs:
              - { match: { path: /v1/user/** }, cost: 2 }
            degradation:
              - { name: busy, when: in-flight(users.gte) > 5 }
            """);

    assertThat(run("check", file.toString())).isZero();
    assertThat(out.toString())
        .contains("costs[0]: match: no operation that is known here")
        .contains("caches[0] 'profiles': vary: users.me is not cached")
        .contains("degradation[0] 'busy': when: users.gte is no operation");
  }

  @Test
  void explain_pathOfARequest_findsItsRoute() throws IOException {
    Path file =
        file(
            """
            tiers:
              - { name: free, consumers: [ada] }
            limits:
              - { name: free, match: { tier: free }, per: consumer, rate: { second: 1 } }
            """);

    assertThat(run("explain", "get", "/v1/users/me", "--as", "ada", "--policies", file.toString()))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("GET /v1/users/me (users.me) by ada in tier free")
        .contains("+ free: per: [consumer], rate: {second: 1}")
        .contains("- sign-in: operation: users.me (the rule has: auth.token)");
  }

  @Test
  void explain_asJson_saysTheSame() throws IOException {
    assertThat(run("explain", "POST", "/v1/auth/token", "--output", "json")).isZero();

    JsonNode explanation = Json.MAPPER.readTree(out.toString());
    assertThat(explanation.at("/route/operation").asText()).isEqualTo("auth.token");
    assertThat(explanation.at("/version").asText()).isEqualTo("shipped");
    assertThat(explanation.at("/sections/0/section").asText()).isEqualTo("limits");
    assertThat(explanation.at("/sections/0/rules/1/rule").asText()).isEqualTo("sign-in");
    assertThat(explanation.at("/sections/0/rules/1/verdict").asText()).isEqualTo("holds");
  }

  @Test
  void explain_unknownPath_isComparedAsATemplate() {
    assertThat(run("explain", "GET", "/v1/nowhere")).isZero();
    assertThat(out.toString()).contains("no operation that is known here");
  }

  @Test
  void schema_printed_isTheCommittedOne() throws IOException {
    assertThat(run("schema")).isZero();
    assertThat(out.toString())
        .isEqualTo(Files.readString(Path.of("..", "conf", "policies.schema.json")));
  }

  private int run(String... arguments) {
    return new CommandLine(new PolicyCommand())
        .setExecutionExceptionHandler(new StartFailure.Printer())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("policies.yaml"), yaml);
  }
}
