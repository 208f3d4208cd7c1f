package dev.starling.cluster;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.cluster.config.ConfigSources;
import dev.starling.contract.node.ScaleContract.Outcome;
import dev.starling.contract.node.ScaleContract.Scaled;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigReloadTest {
  private static final String TWO_PINGS = "verticles: { ping: { instances: 2 } }\n";
  private static final String THREE_PINGS = "verticles: { ping: { instances: 3 } }\n";
  private static final String MISTAKEN = "verticles: { ping: { instances: -10 } }\n";

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<String, Integer> scaled = new LinkedHashMap<>();
  private Path file = Path.of("");

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(directory.resolve("starling.yaml"), TWO_PINGS);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void look_editedWhileTheNodeStarts_isApplied() throws IOException {
    ConfigReload.First first = ConfigReload.first(sources());
    Files.writeString(file, THREE_PINGS + "zone: elsewhere\n");

    ConfigReload reload = reload(first);
    await(reload.look());
    await(reload.look());

    assertThat(scaled).containsExactly(Map.entry("ping", 3));
    assertThat(reload.note()).isEqualTo("config: a restart is needed for zone");
    assertThat(reloads("applied")).isEqualTo(1);
  }

  @Test
  void look_mistakenFile_keepsTheLastGoodOneAndSaysSo() throws IOException {
    ConfigReload reload = reload(ConfigReload.first(sources()));

    Files.writeString(file, MISTAKEN);
    await(reload.look());

    assertThat(scaled).isEmpty();
    assertThat(reload.note()).startsWith("config: the last good one is in use: ").contains("-10");
    assertThat(valid()).isZero();
    assertThat(reloads("invalid")).isEqualTo(1);

    Files.writeString(file, TWO_PINGS);
    await(reload.look());
    assertThat(reload.note()).isEmpty();
    assertThat(valid()).isEqualTo(1);
  }

  private ConfigReload reload(ConfigReload.First first) {
    return new ConfigReload(vertx, first, this::scale, meters);
  }

  private Future<Scaled> scale(String verticle, int instances) {
    scaled.put(verticle, instances);
    return Future.succeededFuture(new Scaled(Outcome.DONE, 2, instances, ""));
  }

  private ConfigSources sources() {
    return new ConfigSources(file, Map.of(), Map.of());
  }

  private double reloads(String outcome) {
    return meters.counter("config.reloads", "outcome", outcome).count();
  }

  private double valid() {
    return meters.get("config.valid").gauge().value();
  }
}
