package dev.starling.inference.repository;

import dev.starling.inference.ModelConfig;
import dev.starling.inference.ModelConfig.All;
import dev.starling.inference.ModelConfig.Latest;
import dev.starling.inference.ModelConfig.Specific;
import dev.starling.inference.engine.Model;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model: what each of them is up to, which are served, what is to be done next.
 *
 * <pre>
 * found ─ trying ─ loading ─ ready ─ draining ─ gone
 *            └────────┴─ refused
 * </pre>
 *
 * <p>A change begins with {@link #look}, loads what {@link #next} names one after the other, and
 * ends with {@link #settle}, which gives up what is served no longer. Only then does anything end
 * that was served: a version that is refused leaves everything as it was, and the policy then falls
 * back to older ones. Not thread-safe: the repository guards it.
 */
final class Versions {
  /** What a version is up to while it is not served, or not yet again. */
  enum Stage {
    /** It is there. */
    FOUND,
    /** It is looked through and run in a process of its own. */
    TRYING,
    /** The engine loads and warms it. */
    LOADING,
    /** It is the one that is served. */
    READY,
    /** It must not or cannot be loaded. */
    REFUSED
  }

  /**
   * A loaded version. What was replaced under the same number is another one.
   *
   * @param stamp of the files that it was made from
   */
  record Loaded(String version, String stamp, Model model) {}

  private static final class Slot {
    Stage stage = Stage.FOUND;
    String reason = "";
    @Nullable Loaded served;
  }

  private final SortedMap<String, Slot> slots = new TreeMap<>(Names.VERSIONS);
  private final List<Loaded> draining = new ArrayList<>();
  private final Set<String> tried = new HashSet<>();
  private List<VersionDirectory> found = List.of();
  private ModelConfig.@Nullable VersionPolicy policy;
  private @Nullable String preferred;
  private boolean unloaded;

  /** Begins a change with what lies in the directory now. */
  void look(ModelDirectory directory) {
    found = directory.versions();
    policy = directory.config().versionPolicy();
    unloaded = false;
    tried.clear();
    for (VersionDirectory version : found) {
      Slot slot = slots.computeIfAbsent(version.version(), absent -> new Slot());
      if (slot.served == null) {
        slot.stage = Stage.FOUND;
        slot.reason = "";
      }
    }
  }

  /** The next version that the policy wants loaded; none when the change can settle. */
  Optional<VersionDirectory> next() {
    int wanted = count();
    for (VersionDirectory version : found) {
      if (wanted == 0) {
        break;
      }
      if (isNamed(version.version())) {
        Slot slot = slot(version.version());
        Loaded served = slot.served;
        if ((served == null || !served.stamp().equals(version.stamp()))
            && !tried.contains(version.version())) {
          return Optional.of(version);
        }
        if (served != null) {
          wanted--;
        }
      }
    }
    return Optional.empty();
  }

  void trying(String version) {
    tried.add(version);
    enter(version, Stage.TRYING, "");
  }

  void loading(String version) {
    enter(version, Stage.LOADING, "");
  }

  /** What was served under this number before still is. */
  void refused(String version, String reason) {
    enter(version, Stage.REFUSED, reason);
  }

  /** It is served from now on; what it replaces under the same number is to be drained. */
  Optional<Loaded> ready(Loaded loaded) {
    Slot slot = slot(loaded.version());
    Optional<Loaded> before = Optional.ofNullable(slot.served);
    slot.served = loaded;
    slot.stage = Stage.READY;
    slot.reason = "";
    before.ifPresent(draining::add);
    prefer();
    return before;
  }

  /**
   * Ends a change: chooses what is preferred, and gives up what the policy does not want any more,
   * as long as anything is left that it does want.
   *
   * @return what is to be drained and closed
   */
  List<Loaded> settle() {
    Set<String> kept = new HashSet<>();
    int wanted = count();
    for (VersionDirectory version : found) {
      if (kept.size() < wanted
          && isNamed(version.version())
          && slot(version.version()).served != null) {
        kept.add(version.version());
      }
    }
    List<Loaded> ended = new ArrayList<>();
    if (!kept.isEmpty()) {
      slots.forEach(
          (version, slot) -> {
            if (!kept.contains(version)) {
              give(slot, ended);
            }
          });
    }
    Set<String> there = new HashSet<>(kept);
    found.forEach(version -> there.add(version.version()));
    slots.entrySet().removeIf(e -> e.getValue().served == null && !there.contains(e.getKey()));
    prefer();
    return ended;
  }

  /** Gives up everything, until it is looked at again. */
  List<Loaded> unload() {
    unloaded = true;
    List<Loaded> ended = new ArrayList<>();
    slots.values().forEach(slot -> give(slot, ended));
    prefer();
    return ended;
  }

  /** It has answered everything and is closed. */
  void drained(Loaded loaded) {
    draining.removeIf(one -> one == loaded);
  }

  /** Whether nothing is served and nothing drains. */
  boolean isIdle() {
    return draining.isEmpty() && served().isEmpty();
  }

  /** Whether it was unloaded on request: the directory alone does not bring it back. */
  boolean isUnloaded() {
    return unloaded;
  }

  /** What a look has found, to tell whether another one finds anything else. */
  List<VersionDirectory> found() {
    return found;
  }

  @Nullable String preferred() {
    return preferred;
  }

  /** What is served, by version. */
  Map<String, Loaded> served() {
    Map<String, Loaded> served = new HashMap<>();
    slots.forEach(
        (version, slot) -> {
          if (slot.served != null) {
            served.put(version, slot.served);
          }
        });
    return served;
  }

  /**
   * One version as operators see it.
   *
   * @param reason why it is refused, or not loaded; empty when there is none
   * @param drains whether an instance of it finishes what it has
   */
  record Row(String version, Stage stage, @Nullable Loaded served, boolean drains, String reason) {}

  /** All versions in ascending order. */
  List<Row> rows() {
    SortedMap<String, Row> rows = new TreeMap<>(Names.VERSIONS);
    slots.forEach(
        (version, slot) ->
            rows.put(version, new Row(version, slot.stage, slot.served, false, slot.reason)));
    draining.forEach(
        one ->
            rows.merge(
                one.version(),
                new Row(one.version(), Stage.FOUND, null, true, "finishes what it has"),
                (row, drained) ->
                    row.served() != null || row.stage() != Stage.FOUND ? row : drained));
    return List.copyOf(rows.values());
  }

  private void give(Slot slot, List<Loaded> ended) {
    Loaded served = slot.served;
    if (served != null) {
      slot.served = null;
      slot.stage = Stage.FOUND;
      slot.reason = "";
      draining.add(served);
      ended.add(served);
    }
  }

  private void prefer() {
    preferred =
        served().keySet().stream()
            .max(Names.VERSIONS.thenComparing(Comparator.naturalOrder()))
            .orElse(null);
  }

  private void enter(String version, Stage stage, String reason) {
    Slot slot = slot(version);
    slot.stage = stage;
    slot.reason = reason;
  }

  private Slot slot(String version) {
    return slots.computeIfAbsent(version, absent -> new Slot());
  }

  private int count() {
    return policy instanceof Latest latest ? latest.count() : Integer.MAX_VALUE;
  }

  private boolean isNamed(String version) {
    if (policy instanceof Specific specific) {
      return specific.versions().contains(version);
    }
    return policy instanceof Latest || policy instanceof All;
  }
}
