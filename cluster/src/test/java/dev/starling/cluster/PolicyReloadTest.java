package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.policy.Policies;
import dev.starling.sdk.ConfigException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyReloadTest {
  private static final String CHEAP = "costs: [{ cost: 1 }]\n";
  private static final String DEAR = "costs: [{ cost: 100 }]\n";
  private static final String MISTAKEN = "costs: [{ cost: -10 }]\n";

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Path file = Path.of("");

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(directory.resolve("policies.yaml"), CHEAP);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void look_fileReplaced_putsItIntoForceAndTellsListeners() throws IOException {
    PolicyReload reload = new PolicyReload(vertx, PolicyReload.first(file), meters);
    List<Policies> heard = new ArrayList<>();
    reload.source().onChange(heard::add);

    Files.writeString(file, DEAR);
    await(reload.look());
    await(reload.look());

    assertThat(heard).containsExactly(reload.source().current());
    assertThat(reload.source().current().file().costs().get(0).cost()).isEqualTo(100);
    assertThat(reloads("applied")).isEqualTo(1);
    assertThat(versions()).containsExactly(reload.source().current().version());
  }

  @Test
  void look_mistakenFile_keepsTheLastGoodOneAndSaysSo() throws IOException {
    PolicyReload reload = new PolicyReload(vertx, PolicyReload.first(file), meters);
    Policies before = reload.source().current();

    Files.writeString(file, MISTAKEN);
    await(reload.look());

    assertThat(reload.source().current()).isSameAs(before);
    assertThat(reload.note())
        .contains("the last good one (" + before.version() + ") is in force")
        .contains("costs[0]: cost: -10 (expected: 1..1000000)");
    assertThat(valid()).isZero();
    assertThat(reloads("invalid")).isEqualTo(1);

    Files.writeString(file, CHEAP);
    await(reload.look());
    assertThat(reload.note()).isEmpty();
    assertThat(valid()).isEqualTo(1);
    assertThat(reloads("unchanged")).isEqualTo(1);
  }

  @Test
  void reload_fileIsGone_keepsTheLastGoodOne() throws IOException {
    PolicyReload reload = new PolicyReload(vertx, PolicyReload.first(file), meters);

    Files.delete(file);

    assertThat(await(reload.reload()))
        .containsExactly(file + ": cannot be read (expected: a readable YAML file)");
    assertThat(reload.source().current().file().costs()).hasSize(1);
  }

  @Test
  void first_noFile_isTheShippedRules() {
    PolicyReload reload = new PolicyReload(vertx, PolicyReload.first(null), meters);

    assertThat(await(reload.reload())).isEmpty();
    assertThat(reload.source().current()).isSameAs(Policies.shipped());
    assertThat(versions()).containsExactly("shipped");
  }

  @Test
  void first_mistakenFile_isOneLineThatCountsTheRest() throws IOException {
    Files.writeString(file, "costs: [{ cost: 0 }, { cost: -1 }, { cost: -2 }]\n");

    assertThatThrownBy(() -> PolicyReload.first(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            file
                + ": costs[0]: cost: 0 (expected: 1..1000000); and 2 more, which policy check names");
  }

  private double reloads(String outcome) {
    return meters.counter("policy.reloads", "outcome", outcome).count();
  }

  private double valid() {
    return meters.get("policy.valid").gauge().value();
  }

  private List<String> versions() {
    return meters.find("policy.version").gauges().stream()
        .map(gauge -> String.valueOf(gauge.getId().getTag("version")))
        .toList();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
