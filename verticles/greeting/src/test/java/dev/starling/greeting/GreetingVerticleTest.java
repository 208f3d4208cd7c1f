package dev.starling.greeting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.operation.Violation;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.testkit.TestNode;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GreetingVerticleTest {
  @TempDir Path directory;
  private TestNode node;

  @BeforeEach
  void start() {
    node = new TestNode(directory);
    node.deploy(new GreetingVerticle());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void verticle_onTheClassPath_isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(ServiceVerticle.class).stream().map(ServiceLoader.Provider::type))
        .contains(GreetingVerticle.class);
  }

  @Test
  void get_name_isGreeted() {
    assertThat(json(run("greeting.get", List.of("Ada"), "")))
        .isEqualTo("{\"text\":\"Hello, Ada\"}");
  }

  @Test
  void add_name_isListedNewestFirst() {
    add("Ada");
    add("Grace");

    assertThat(json(run("greeting.list", List.of(), "")))
        .isEqualTo("{\"latest\":[{\"text\":\"Hello, Grace\"},{\"text\":\"Hello, Ada\"}]}");
  }

  @Test
  void add_beyondTheBound_forgetsTheOldest() {
    for (int i = 0; i <= 100; i++) {
      add("guest" + i);
    }

    assertThat(json(run("greeting.list", List.of(), "")))
        .contains("guest100\"", "guest1\"")
        .doesNotContain("guest0\"");
  }

  @Test
  void add_blankName_isRefusedWithAPointer() {
    OperationReply reply = run("greeting.add", List.of(), "{\"name\":\" \"}");

    assertThat(reply).isInstanceOf(OperationReply.Refused.class);
    OperationReply.Refused refused = (OperationReply.Refused) reply;
    assertThat(refused.refusal()).isEqualTo(Refusal.INVALID);
    assertThat(refused.violations()).containsExactly(new Violation("/name", "must not be blank"));
  }

  private void add(String name) {
    assertThat(json(run("greeting.add", List.of(), "{\"name\":\"" + name + "\"}")))
        .isEqualTo("{\"text\":\"Hello, " + name + "\"}");
  }

  private OperationReply run(String operation, List<String> path, String body) {
    OperationRequest request =
        new OperationRequest(operation, path, "", List.of(), "192.0.2.1", body.getBytes(UTF_8));
    return node.operate("greeting", request, node.as("ada", "greetings:write"));
  }

  private static String json(OperationReply reply) {
    assertThat(reply).isInstanceOf(OperationReply.Done.class);
    return new String(((OperationReply.Done) reply).body(), UTF_8);
  }
}
