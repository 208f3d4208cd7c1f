package dev.starling.cluster.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.routing.HeartbeatExchange.NodeView;
import dev.starling.contract.node.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LiveMembersTest {
  private List<NodeView> nodes =
      List.of(
          node("n-1", Heartbeat.State.SERVING, PeerState.SERVING, "auth", "users"),
          node("n-2", Heartbeat.State.SERVING, PeerState.SERVING, "users"),
          node("n-3", Heartbeat.State.SERVING, PeerState.SUSPECT, "users"),
          node("n-4", Heartbeat.State.DRAINING, PeerState.DRAINING, "users"),
          node("n-5", Heartbeat.State.JOINING, PeerState.JOINING, "users"));

  private final LiveMembers members = new LiveMembers("n-1", () -> nodes);

  @Test
  void serving_service_isTheNodesThatRunItAndWantCalls() {
    assertThat(members.self()).isEqualTo("n-1");
    assertThat(members.serving("users")).containsExactly("n-1", "n-2");
    assertThat(members.serving("auth")).containsExactly("n-1");
    assertThat(members.serving("orders")).isEmpty();
  }

  @Test
  void serving_nextHeartbeatSaysTheSame_isTheSameList() {
    List<String> before = members.serving("users");
    nodes = new ArrayList<>(nodes);
    assertThat(members.serving("users")).isSameAs(before);

    nodes = List.of(nodes.get(0), nodes.get(1));
    assertThat(members.serving("users")).isSameAs(before);
  }

  @Test
  void serving_nodeLeaves_isWithoutIt() {
    assertThat(members.serving("users")).hasSize(2);
    nodes = nodes.subList(1, 2);

    assertThat(members.serving("users")).containsExactly("n-2");
  }

  private static NodeView node(
      String id, Heartbeat.State says, PeerState state, String... services) {
    return new NodeView(
        id,
        "a",
        says,
        state,
        false,
        0,
        0,
        "",
        Stream.of(services).map(name -> new Heartbeat.Service(name, 1, 1)).toList());
  }
}
