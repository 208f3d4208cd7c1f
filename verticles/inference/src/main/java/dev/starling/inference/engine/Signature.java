package dev.starling.inference.engine;

import dev.starling.contract.inference.ModelContract.TensorRecord;
import java.util.ArrayList;
import java.util.List;

/** Compares what a graph declares with what its configuration says of it. Without state. */
final class Signature {
  private Signature() {}

  /**
   * What the graph declares, with the lengths that its configuration fixes.
   *
   * @param what e.g. {@code inputs}
   * @param configured empty when the configuration says nothing
   * @throws ModelException when they contradict each other
   */
  static List<TensorRecord> narrowed(
      String what, List<TensorRecord> declared, List<TensorRecord> configured)
      throws ModelException {
    if (configured.isEmpty()) {
      return declared;
    }
    List<TensorRecord> narrowed = new ArrayList<>();
    for (TensorRecord record : declared) {
      TensorRecord match = null;
      for (TensorRecord candidate : configured) {
        match = candidate.name().equals(record.name()) ? candidate : match;
      }
      if (match == null || match.type() != record.type() || !narrows(match, record)) {
        throw different(what, declared, configured);
      }
      narrowed.add(match);
    }
    if (configured.size() != declared.size()) {
      throw different(what, declared, configured);
    }
    return List.copyOf(narrowed);
  }

  /** Whether there are any, all with a first dimension that differs from call to call. */
  static boolean haveRows(List<TensorRecord> records) {
    return !records.isEmpty()
        && records.stream()
            .allMatch(record -> !record.shape().isEmpty() && record.shape().get(0) < 0);
  }

  private static boolean narrows(TensorRecord configured, TensorRecord declared) {
    if (configured.shape().size() != declared.shape().size()) {
      return false;
    }
    for (int i = 0; i < declared.shape().size(); i++) {
      long length = declared.shape().get(i);
      if (length >= 0 && length != configured.shape().get(i)) {
        return false;
      }
    }
    return true;
  }

  private static ModelException different(
      String what, List<TensorRecord> declared, List<TensorRecord> configured) {
    return new ModelException(
        "%s: %s (expected, as the model has them: %s)"
            .formatted(what, describe(configured), describe(declared)));
  }

  private static List<String> describe(List<TensorRecord> records) {
    return records.stream()
        .map(record -> record.name() + " " + record.type() + record.shape())
        .toList();
  }
}
