package dev.starling.cluster.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.bus.WireVersions;
import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClusterCatalogTest {
  private static final ServiceRecord OLD = record("users", "1.0.0");
  private static final ServiceRecord NEW = record("users", "1.1.0");

  private long now = 1;
  private final ClusterCatalog catalog = new ClusterCatalog(() -> now);

  @Test
  void unknownRecord_announcedByTwoNodes_isAskedForOnce() {
    assertThat(catalog.peersAnnounce(List.of(peer("n-1", OLD), peer("n-2", OLD))))
        .hasSize(1)
        .allSatisfy((node, names) -> assertThat(names).containsExactly("users"));
  }

  @Test
  void recordThatVersion1HasNoWordsFor_learned_isKnownByItsHash() {
    ServiceRecord raw =
        new ServiceRecord(
            "models",
            "1.0.0",
            List.of(
                new OperationRecord(
                    "models.infer",
                    "POST",
                    "/v2/models/{model}/infer",
                    false,
                    null,
                    Priority.NORMAL,
                    true,
                    1000,
                    1 << 26,
                    List.of(),
                    OperationRecord.Interaction.RAW,
                    OperationRecord.ErrorShape.MESSAGE,
                    "{}")),
            "{}");

    learn(raw);

    assertThat(catalog.services()).containsExactly(raw);
    assertThat(catalog.peersAnnounce(List.of(peer("n-3", raw)))).isEmpty();
  }

  @Test
  void recordThatIsKnown_announcedAgain_isNotAskedForAgain() {
    learn(OLD);
    assertThat(catalog.peersAnnounce(List.of(peer("n-3", OLD)))).isEmpty();
  }

  @Test
  void twoVersions_live_theNewerIsUsedUntilItGoes() {
    catalog.peersAnnounce(List.of(peer("n-1", OLD), peer("n-2", NEW)));
    catalog.learned(OLD);
    catalog.learned(NEW);
    assertThat(catalog.services()).containsExactly(NEW);

    catalog.peersAnnounce(List.of(peer("n-1", OLD)));
    assertThat(catalog.services()).as("live comes before remembered").containsExactly(OLD);
  }

  @Test
  void lastNodeOfAService_lost_leavesItsRoutesForAWhile() {
    learn(OLD);
    now += Duration.ofHours(1).toNanos();
    catalog.peersAnnounce(List.of());
    assertThat(catalog.services()).containsExactly(OLD);

    now += Duration.ofMinutes(5).toNanos() + 1;
    catalog.peersAnnounce(List.of());
    assertThat(catalog.services()).isEmpty();
  }

  @Test
  void listener_added_hearsNowAndOfEachChangeOnce() {
    List<List<ServiceRecord>> heard = new ArrayList<>();
    catalog.onChange(heard::add);
    learn(OLD);
    catalog.peersAnnounce(List.of(peer("n-1", OLD)));

    assertThat(heard).containsExactly(List.of(), List.of(OLD));
  }

  @Test
  void ownService_withdrawn_isGoneAtOnce() {
    catalog.announce(OLD);
    assertThat(catalog.services()).containsExactly(OLD);
    catalog.withdraw("users");
    assertThat(catalog.services()).isEmpty();
  }

  private void learn(ServiceRecord service) {
    catalog.peersAnnounce(List.of(peer("n-1", service)));
    catalog.learned(service);
  }

  private static ServiceRecord record(String name, String version) {
    return new ServiceRecord(name, version, List.of(), "{}");
  }

  private static Peer peer(String nodeId, ServiceRecord service) {
    Heartbeat.Service announced =
        new Heartbeat.Service(service.name(), 1, ClusterCatalog.hash(service));
    return new Peer(
        new Heartbeat(
            nodeId,
            "a",
            Heartbeat.State.SERVING,
            1,
            0,
            "127.0.0.1",
            0,
            0,
            0,
            WireVersions.NEWEST,
            "",
            List.of(announced)),
        0);
  }
}
