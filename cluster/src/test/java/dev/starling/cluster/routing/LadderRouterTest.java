package dev.starling.cluster.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Target;
import dev.starling.bus.TargetAccess;
import dev.starling.contract.node.Heartbeat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class LadderRouterTest {
  private static final int DRAWS = 20_000;

  private final LadderRouter router = new LadderRouter(TargetAccess.localInstances("self"), "a");

  @Test
  void oneOneTwoInstances_called_getLoadInProportion() {
    router.update(List.of(peer("n-1", "a", 1), peer("n-2", "a", 1), peer("n-3", "a", 2)));

    Map<String, Integer> drawn = draw(target -> {});

    assertThat(drawn.get("n-1")).isCloseTo(DRAWS / 4, Percentage.withPercentage(20));
    assertThat(drawn.get("n-2")).isCloseTo(DRAWS / 4, Percentage.withPercentage(20));
    assertThat(drawn.get("n-3")).isCloseTo(DRAWS / 2, Percentage.withPercentage(20));
  }

  @Test
  void sameZone_healthy_keepsAllCalls() {
    router.update(List.of(peer("near", "a", 1), peer("far", "b", 8)));

    assertThat(draw(target -> {})).containsOnlyKeys("near");
  }

  @Test
  void halfOfTheZone_suspect_sendsThePartThatIsTooMuchToOthers() {
    Peer suspect = peer("near-2", "a", 1);
    suspect.enter(PeerState.SUSPECT);
    router.update(List.of(peer("near-1", "a", 1), suspect, peer("far", "b", 1)));

    Map<String, Integer> drawn = draw(target -> {});

    // Half of the instances, overprovisioned by 1.4, carry 70 %.
    assertThat(drawn).doesNotContainKey("near-2");
    assertThat(drawn.get("near-1")).isCloseTo(DRAWS * 7 / 10, Percentage.withPercentage(5));
  }

  @Test
  void busyZone_called_spillsWhatIsBeyondIt() {
    Peer near = peer("near", "a", 1);
    TargetAccess.begin(near.target("users"), 4 * LadderRouter.BUSY);
    router.update(List.of(near, peer("far", "b", 1)));

    Map<String, Integer> drawn = draw(target -> {});

    assertThat(drawn.get("far")).isCloseTo(DRAWS * 3 / 4, Percentage.withPercentage(5));
  }

  @Test
  void allSuspect_called_areTriedAllTheSame() {
    Peer suspect = peer("near", "a", 1);
    suspect.enter(PeerState.SUSPECT);
    router.update(List.of(suspect));

    assertThat(router.select("users", 0, null)).isNotNull();
  }

  @Test
  void nodeThatWasTried_avoided_isNotChosenAgain() {
    router.update(List.of(peer("n-1", "a", 5), peer("n-2", "a", 1)));

    for (int i = 0; i < 1000; i++) {
      assertThat(router.select("users", 0, "n-1").nodeId()).isEqualTo("n-2");
    }
  }

  @Test
  void nobodyServes_selected_isNull() {
    router.update(List.of(peer("n-1", "a", 1)));

    assertThat(router.select("orders", 0, null)).isNull();
    assertThat(router.select("users", 0, "n-1")).isNull();
  }

  @Test
  void certainNode_named_isFoundWhateverItsState() {
    Peer joining = new Peer(Beats.beat("n-1", 1), 0);
    router.update(List.of(joining));

    assertThat(router.select("node.n-1", 0, null)).isNotNull();
    assertThat(router.select("node.n-2", 0, null)).isNull();
  }

  private Map<String, Integer> draw(Consumer<Target> each) {
    Map<String, Integer> drawn = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      Target target = router.select("users", 0, null);
      each.accept(target);
      drawn.merge(target.nodeId(), 1, Integer::sum);
    }
    return drawn;
  }

  private static Peer peer(String nodeId, String zone, int instances) {
    Peer peer = new Peer(Beats.beat(nodeId, zone, Heartbeat.State.SERVING, 1, instances), 0);
    peer.enter(PeerState.SERVING);
    return peer;
  }
}
