package dev.starling.fusion;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestServer;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens while a shard takes nothing. */
@Timeout(120)
class FullQueueTest {

  @Test
  void events_moreThanMayWait_areRefusedAndTheOthersAreStoredTogether() {
    try (FusionNodes nodes = new FusionNodes(FullQueueTest.class, new NewestImage())) {
      ObjectNode settings = Json.MAPPER.createObjectNode();
      settings.putObject("fusion").put("max-waiting", 5);
      FusionNodes.Node node = nodes.start(settings, true, 1);
      UUID user = UUID.randomUUID();
      SqlConnection holder = await(nodes.postgres().connect());
      await(holder.query("BEGIN").execute());
      await(holder.query("SET LOCAL idle_in_transaction_session_timeout = 0").execute());
      await(
          holder
              .query(
                  "LOCK TABLE %s.fusion_events IN ACCESS EXCLUSIVE MODE"
                      .formatted(Shards.schema(Shards.of(user))))
              .execute());

      List<Future<OperationReply>> replies = new ArrayList<>();
      replies.add(posting(nodes, user, 0));
      TestServer.await(
          "the first one is on its way", () -> nodes.count(user, waitingForALock()) == 1);
      for (int i = 1; i < 6; i++) {
        replies.add(posting(nodes, user, i));
      }
      TestServer.await(
          "five wait", () -> node.meters.get("fusion.events.waiting").gauge().value() == 5);
      OperationReply refused = await(posting(nodes, user, 6));
      await(holder.query("ROLLBACK").execute());
      await(holder.close());

      assertThat(FusionNodes.refusal(refused))
          .isEqualTo("NOT_EXECUTED: too many events wait to be written; nothing was accepted");
      for (Future<OperationReply> reply : replies) {
        assertThat(FusionNodes.json(await(reply)).path("accepted").asInt()).isEqualTo(1);
      }
      assertThat(nodes.events(user)).isEqualTo(6);
      // The five were one statement: their rows have one transaction's number.
      assertThat(
              nodes.count(
                  user,
                  "SELECT count(DISTINCT xmin::text) FROM {shard}.fusion_events"
                      + " WHERE user_id = {user}"))
          .isEqualTo(2);
    }
  }

  @Test
  void events_ofSeveralShardsThatComeMeanwhile_areOneTransaction() {
    try (FusionNodes nodes = new FusionNodes(FullQueueTest.class, new NewestImage())) {
      ObjectNode settings = Json.MAPPER.createObjectNode();
      settings.putObject("fusion").put("max-batches", 1);
      FusionNodes.Node node = nodes.start(settings, true, 1);
      List<UUID> users = new ArrayList<>();
      while (users.size() < 3) {
        UUID user = UUID.randomUUID();
        if (users.stream().noneMatch(other -> Shards.of(other) == Shards.of(user))) {
          users.add(user);
        }
      }
      SqlConnection holder = await(nodes.postgres().connect());
      await(holder.query("BEGIN").execute());
      await(
          holder
              .query(
                  "LOCK TABLE %s.fusion_events IN ACCESS EXCLUSIVE MODE"
                      .formatted(Shards.schema(Shards.of(users.get(0)))))
              .execute());
      List<Future<OperationReply>> replies = new ArrayList<>();
      replies.add(posting(nodes, users.get(0), 0));
      TestServer.await(
          "the first one is on its way", () -> nodes.count(users.get(0), waitingForALock()) == 1);
      replies.add(posting(nodes, users.get(1), 0));
      replies.add(posting(nodes, users.get(2), 0));
      TestServer.await(
          "two wait", () -> node.meters.get("fusion.events.waiting").gauge().value() == 2);
      await(holder.query("ROLLBACK").execute());
      await(holder.close());

      for (Future<OperationReply> reply : replies) {
        assertThat(FusionNodes.json(await(reply)).path("accepted").asInt()).isEqualTo(1);
      }
      assertThat(transaction(nodes, users.get(1)))
          .isEqualTo(transaction(nodes, users.get(2)))
          .isNotEqualTo(transaction(nodes, users.get(0)));
    }
  }

  private static long transaction(FusionNodes nodes, UUID user) {
    return nodes.count(
        user, "SELECT xmin::text::bigint FROM {shard}.fusion_events WHERE user_id = {user}");
  }

  private static String waitingForALock() {
    return "SELECT count(*) FROM pg_stat_activity"
        + " WHERE datname = current_database() AND wait_event_type = 'Lock'";
  }

  private static Future<OperationReply> posting(FusionNodes nodes, UUID user, int number) {
    String event = nodes.done("b-" + number, nodes.now(), "touched");
    OperationRequest request =
        new OperationRequest(
            "fusion.events",
            List.of(),
            "",
            List.of(new Header("content-type", "application/cloudevents+json")),
            "192.0.2.1",
            event.getBytes(StandardCharsets.UTF_8));
    return nodes
        .base()
        .onCaller(bus -> bus.call(OperationContract.operate("fusion"), request, nodes.as(user)));
  }
}
