package dev.starling.openinference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.contract.inference.ModelContract.NodeModels;
import dev.starling.contract.inference.ModelContract.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelDirectoryTest {
  private static final long SECOND = 1_000_000_000L;

  private final ModelDirectory directory = new ModelDirectory();

  @Test
  void find_modelOfSeveralNodes_hasItsVersionsInOrder() {
    directory.heard(node("n-2", ready("m", "10", true), ready("m", "9", false)));
    directory.heard(node("n-1", ready("m", "9", true)));

    ModelView view = directory.find("m", List.of("n-1", "n-2"));

    assertThat(view).isNotNull();
    assertThat(view.readyVersions()).containsExactly("9", "10");
    assertThat(view.ready("")).isEqualTo(ready("m", "10", true));
    assertThat(view.ready("9")).isNotNull();
    assertThat(view.ready("11")).isNull();
    assertThat(view.has("11")).isFalse();
    assertThat(view.has("")).isTrue();
    assertThat(directory.find("other", List.of("n-1", "n-2"))).isNull();
  }

  @Test
  void ready_newestIsNotPreferred_isTheOneThatIs() {
    directory.heard(node("n-1", ready("m", "1", true), ready("m", "2", false)));

    assertThat(view("m").ready("")).isEqualTo(ready("m", "1", true));
  }

  @Test
  void whyNotReady_loadingAndUnavailable_saysThatItIsBeingLoaded() {
    directory.heard(
        node(
            "n-1",
            record("m", "1", State.LOADING, ""),
            record("m", "2", State.UNAVAILABLE, "NaN")));

    assertThat(view("m").ready("")).isNull();
    assertThat(view("m").whyNotReady("")).isEqualTo("version 1 is being loaded at n-1");
    assertThat(view("m").whyNotReady("2")).isEqualTo("version 2 is not loaded at n-1: NaN");
  }

  @Test
  void models_ofANodeThatDoesNotServe_areLeftOut() {
    directory.heard(node("n-1", ready("a", "1", true)));
    directory.heard(node("n-2", ready("b", "1", true)));

    assertThat(directory.models(List.of("n-1"))).containsOnlyKeys("a");
    assertThat(directory.find("b", List.of("n-1"))).isNull();
  }

  @Test
  void prune_nodeThatIsGone_isForgottenAfterAWhile() {
    directory.heard(node("n-1", ready("a", "1", true)));

    directory.prune(List.of(), 40 * SECOND);
    directory.prune(List.of(), 69 * SECOND);
    assertThat(directory.unheard(List.of("n-1"))).isEmpty();
    directory.prune(List.of("n-1"), 71 * SECOND);
    directory.prune(List.of(), 72 * SECOND);
    directory.prune(List.of(), 101 * SECOND);
    assertThat(directory.unheard(List.of("n-1"))).isEmpty();
    directory.prune(List.of(), 103 * SECOND);
    assertThat(directory.unheard(List.of("n-1"))).containsExactly("n-1");
  }

  @Test
  void hadByOthers_nodeDoesNotServeForAMoment_isRememberedToHaveIt() {
    directory.heard(node("n-1", ready("a", "1", true)));

    assertThat(directory.hadByOthers("a", "", List.of("n-2"))).isTrue();
    assertThat(directory.hadByOthers("a", "1", List.of("n-2"))).isTrue();
    assertThat(directory.hadByOthers("a", "2", List.of("n-2"))).isFalse();
    assertThat(directory.hadByOthers("b", "", List.of("n-2"))).isFalse();
    assertThat(directory.hadByOthers("a", "", List.of("n-1"))).isFalse();
  }

  @Test
  void heard_again_replacesWhatTheNodeSaid() {
    directory.heard(node("n-1", ready("a", "1", true)));
    directory.heard(node("n-1", ready("b", "1", true)));

    assertThat(directory.models(List.of("n-1"))).containsOnlyKeys("b");
  }

  private ModelView view(String name) {
    ModelView view = directory.find(name, List.of("n-1"));
    assertThat(view).isNotNull();
    return view;
  }

  private static NodeModels node(String id, ModelRecord... models) {
    return new NodeModels(id, List.of(models));
  }

  private static ModelRecord ready(String name, String version, boolean preferred) {
    return new ModelRecord(
        name, version, State.READY, preferred, "", "onnxruntime_onnx", List.of(), List.of());
  }

  private static ModelRecord record(String name, String version, State state, String reason) {
    return new ModelRecord(name, version, state, false, reason, "", List.of(), List.of());
  }
}
