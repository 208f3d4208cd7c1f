package dev.starling.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.All;
import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.ModelConfig.Specific;
import dev.starling.inference.ModelConfig.VersionPolicy;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import dev.starling.inference.repository.Versions.Loaded;
import dev.starling.inference.repository.Versions.Row;
import dev.starling.inference.repository.Versions.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionsTest {
  private final Versions versions = new Versions();

  /** Versions, with a stamp behind a colon where it matters, that no change may load. */
  private final Set<String> bad = new HashSet<>();

  @Test
  void latest_severalThere_loadsTheNewestAlone() {
    assertThat(change(new Latest(1), "10", "9", "2")).containsExactly("10");

    assertThat(versions.preferred()).isEqualTo("10");
    assertThat(versions.rows()).extracting(Row::version).containsExactly("2", "9", "10");
  }

  @Test
  void latest_aNewOneCame_takesItsPlaceAndTheOldOneDrains() {
    change(new Latest(1), "1");
    Loaded old = versions.served().get("1");

    look(new Latest(1), "2", "1");
    load(versions.next().orElseThrow());
    assertThat(versions.preferred()).as("before anything ends").isEqualTo("2");
    assertThat(versions.served()).containsOnlyKeys("1", "2");

    assertThat(versions.next()).isEmpty();
    assertThat(versions.settle()).containsExactly(old);
    assertThat(versions.served()).containsOnlyKeys("2");
    assertThat(versions.rows().get(0).drains()).isTrue();

    versions.drained(old);
    assertThat(versions.rows().get(0).drains()).isFalse();
  }

  @Test
  void newest_refused_leavesTheOldOneAlone() {
    change(new Latest(1), "1");
    Loaded old = versions.served().get("1");
    bad.add("2");

    assertThat(change(new Latest(1), "2", "1")).containsExactly("2");

    assertThat(versions.served()).containsExactly(java.util.Map.entry("1", old));
    assertThat(versions.preferred()).isEqualTo("1");
    assertThat(versions.rows().get(1))
        .isEqualTo(new Row("2", Stage.REFUSED, null, false, "it is bad"));
  }

  @Test
  void newest_refusedWithNothingServed_fallsBackToTheOneBefore() {
    bad.add("3");

    assertThat(change(new Latest(1), "3", "2", "1")).containsExactly("3", "2");

    assertThat(versions.preferred()).isEqualTo("2");
  }

  @Test
  void change_madeAgain_doesNothing() {
    change(new Latest(1), "1");
    Loaded served = versions.served().get("1");

    assertThat(change(new Latest(1), "1")).isEmpty();

    assertThat(versions.served().get("1")).isSameAs(served);
  }

  @Test
  void change_madeAgainAfterARefusal_triesAgain() {
    bad.add("1");
    change(new Latest(1), "1");
    bad.clear();

    assertThat(change(new Latest(1), "1")).containsExactly("1");
    assertThat(versions.preferred()).isEqualTo("1");
  }

  @Test
  void files_replacedInPlace_areLoadedAndTheOldOnesDrain() {
    change(new Latest(1), "1");
    Loaded old = versions.served().get("1");

    look(new Latest(1), "1:new");
    VersionDirectory next = versions.next().orElseThrow();
    Optional<Loaded> replaced = load(next);

    assertThat(replaced).contains(old);
    assertThat(versions.settle()).isEmpty();
    assertThat(versions.served().get("1").stamp()).isEqualTo("new");
    assertThat(versions.rows()).singleElement().extracting(Row::drains).isEqualTo(false);
  }

  @Test
  void files_replacedInPlaceByBadOnes_goOnBeingServedAsTheyWere() {
    change(new Latest(1), "1");
    Loaded old = versions.served().get("1");
    bad.add("1:new");

    assertThat(change(new Latest(1), "1:new")).containsExactly("1");

    assertThat(versions.served().get("1")).isSameAs(old);
    assertThat(versions.preferred()).isEqualTo("1");
  }

  @Test
  void all_loadsEverythingAndPrefersTheNewest() {
    assertThat(change(new All(), "3", "2", "1")).containsExactly("3", "2", "1");

    assertThat(versions.served()).containsOnlyKeys("1", "2", "3");
    assertThat(versions.preferred()).isEqualTo("3");
  }

  @Test
  void specific_loadsThoseThatItNames() {
    assertThat(change(new Specific(List.of("1", "3", "7")), "3", "2", "1"))
        .containsExactly("3", "1");
  }

  @Test
  void policy_narrowed_givesUpWhatItDoesNotWant() {
    change(new All(), "3", "2", "1");

    change(new Latest(2), "3", "2", "1");

    assertThat(versions.served()).containsOnlyKeys("2", "3");
  }

  @Test
  void directory_ofAVersionTakenAway_endsItOnceAnotherIsServed() {
    change(new All(), "2", "1");

    change(new All(), "2");

    assertThat(versions.served()).containsOnlyKeys("2");
    assertThat(versions.rows()).extracting(Row::version).containsExactly("1", "2");
  }

  @Test
  void onlyVersion_takenAwayWhileTheNextIsBad_goesOnBeingServed() {
    change(new Latest(1), "1");
    bad.add("2");

    change(new Latest(1), "2");

    assertThat(versions.preferred()).isEqualTo("1");
  }

  @Test
  void unload_givesUpEverythingUntilTheNextLook() {
    change(new Latest(1), "1");

    assertThat(versions.unload()).hasSize(1);

    assertThat(versions.preferred()).isNull();
    assertThat(versions.isUnloaded()).isTrue();
    assertThat(change(new Latest(1), "1")).containsExactly("1");
    assertThat(versions.isUnloaded()).isFalse();
  }

  /** Makes a whole change and names what it tried to load. */
  private List<String> change(VersionPolicy policy, String... found) {
    look(policy, found);
    List<String> tried = new ArrayList<>();
    for (Optional<VersionDirectory> next = versions.next();
        next.isPresent();
        next = versions.next()) {
      tried.add(next.get().version());
      load(next.get());
    }
    versions.settle();
    return tried;
  }

  private void look(VersionPolicy policy, String... found) {
    ModelConfig config = ConfigFile.parse("", 1);
    versions.look(
        new ModelDirectory(
            "m",
            new ModelConfig(
                config.inputs(),
                config.outputs(),
                config.maxBatch(),
                config.maxDelay(),
                config.batching(),
                config.instances(),
                config.threads(),
                config.maxQueue(),
                config.priority(),
                config.pipeline(),
                config.warmUp(),
                policy),
            Arrays.stream(found)
                .map(
                    one -> {
                      String[] parts = one.split(":");
                      return new VersionDirectory(
                          parts[0], Path.of(parts[0]), parts.length == 1 ? "old" : parts[1]);
                    })
                .toList()));
  }

  private Optional<Loaded> load(VersionDirectory version) {
    versions.trying(version.version());
    if (bad.contains(version.version())
        || bad.contains(version.version() + ":" + version.stamp())) {
      versions.refused(version.version(), "it is bad");
      return Optional.empty();
    }
    versions.loading(version.version());
    return versions.ready(
        new Loaded(version.version(), version.stamp(), new RecordedModel(version.version())));
  }
}
