package dev.starling.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.testkit.TestServer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes on while the database is away, and afterwards. */
@Timeout(90)
class AbsentDatabaseTest {
  private final UUID user = UUID.randomUUID();

  @Test
  void database_thatIsKilled_isMissedByWritesAloneUntilItIsBack() {
    try (TestServer server = TestServer.start();
        VectorNodes nodes = new VectorNodes(server.database("vectors"))) {
      nodes.add("{\"poll-interval\":\"50ms\"}");
      nodes.create(user, "c", 2, "dot");
      nodes.awaitComplete(user, "c");
      store(nodes, "before");

      server.kill();

      // The first may be sent on a connection that is not known to be broken.
      TestServer.await(
          "writes are not executed",
          () ->
              nodes
                  .refusal(user, "store", List.of("c"), point("meanwhile"))
                  .startsWith("NOT_EXECUTED"));
      assertThat(found(nodes)).containsExactly("before");

      server.restart();
      TestServer.await(
          "writes go on",
          () ->
              nodes.operate(user, "store", List.of("c"), point("after"))
                  instanceof OperationReply.Done);
      assertThat(found(nodes)).containsExactlyInAnyOrder("before", "after");
    }
  }

  private List<String> found(VectorNodes nodes) {
    JsonNode answer = nodes.ask(user, "search", List.of("c"), "{\"vector\":[1,1]}");
    assertThat(answer.path("partial").asBoolean()).isFalse();
    return answer.path("matches").findValuesAsText("id");
  }

  private void store(VectorNodes nodes, String id) {
    nodes.ask(user, "store", List.of("c"), point(id));
  }

  private static String point(String id) {
    return "{\"points\":[{\"id\":\"" + id + "\",\"vector\":[1,1]}]}";
  }
}
