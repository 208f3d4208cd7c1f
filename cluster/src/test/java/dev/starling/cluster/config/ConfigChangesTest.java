package dev.starling.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigChangesTest {
  @TempDir private Path directory;

  @Test
  void of_sameConfiguration_changesNothing() throws IOException {
    LoadedConfig started = read("verticles: { users: { instances: 2 } }");

    ConfigChanges changes = ConfigChanges.of(started, started, started);

    assertThat(changes.problem()).isEmpty();
    assertThat(changes.instances()).isEmpty();
    assertThat(changes.needRestart()).isEmpty();
  }

  @Test
  void of_otherNumbers_areApplied() throws IOException {
    LoadedConfig started = read("verticles: { users: { instances: 2 }, ping: { instances: 1 } }");
    LoadedConfig now = read("verticles: { users: { instances: 5 }, ping: { instances: 1 } }");

    ConfigChanges changes = ConfigChanges.of(started, started, now);

    assertThat(changes.instances()).containsExactly(entry("users", 5));
    assertThat(changes.needRestart()).isEmpty();
    // What an operator set by hand meanwhile stays unless the file says something new.
    assertThat(ConfigChanges.of(started, now, now).instances()).isEmpty();
  }

  @Test
  void of_numberForPerLoop_needsARestart() throws IOException {
    LoadedConfig started = read("verticles: { users: { instances: 2 } }");
    LoadedConfig now = read("verticles: { ping: { instances: 3 } }");

    ConfigChanges changes = ConfigChanges.of(started, started, now);

    assertThat(changes.instances()).isEmpty();
    assertThat(changes.needRestart())
        .containsExactly("verticles.ping.instances", "verticles.users.instances");
    LoadedConfig back = read("verticles: { users: { instances: 3 } }");
    assertThat(ConfigChanges.of(started, now, back).instances()).containsExactly(entry("users", 3));
  }

  @Test
  void of_otherKeys_areNamedAsLongAsTheyDiffer() throws IOException {
    LoadedConfig started = read("zone: a");
    LoadedConfig now = read("zone: b\nhttp: { port: 9999, cors: { origins: [http://x] } }");

    assertThat(ConfigChanges.of(started, started, now).needRestart())
        .containsExactly("http.cors.origins", "http.port", "zone");
    assertThat(ConfigChanges.of(started, now, now).needRestart()).hasSize(3);
    assertThat(ConfigChanges.of(started, now, started).needRestart()).isEmpty();
  }

  @Test
  void of_verticleThatDoesNotRun_isNotScaled() throws IOException {
    LoadedConfig started = read("verticles: { run: [ping], users: { instances: 2 } }");
    LoadedConfig now = read("verticles: { run: [ping], users: { instances: 3 } }");

    assertThat(ConfigChanges.of(started, started, now).instances()).isEmpty();
  }

  @Test
  void reload_variableThatWins_keepsWinning() throws IOException {
    Path file = Files.writeString(directory.resolve("v.yaml"), "zone: a");
    ConfigSources sources =
        new ConfigSources(file, Map.of("STARLING_VERTICLES_USERS_INSTANCES", "2"), Map.of());
    LoadedConfig started = sources.load();
    Files.writeString(file, "verticles: { users: { instances: 7 } }\nzone: a");

    LoadedConfig now = sources.reload(started);

    assertThat(ConfigChanges.of(started, started, now).instances()).isEmpty();
    assertThat(now.available()).isSameAs(started.available());
  }

  private LoadedConfig read(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("starling.yaml"), yaml);
    return new ConfigSources(file, Map.of(), Map.of()).load();
  }
}
