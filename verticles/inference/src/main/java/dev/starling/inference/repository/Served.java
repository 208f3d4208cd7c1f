package dev.starling.inference.repository;

import dev.starling.contract.inference.ModelContract.ModelRecord;
import dev.starling.inference.engine.Model;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node serves at one moment, and what it says of its models. Immutable.
 *
 * @param revision grows with each change
 * @param models by name; a model without a loaded version is none of them
 * @param records of every version in the repository, in ascending order of name, then version
 */
public record Served(long revision, Map<String, Versioned> models, List<ModelRecord> records) {
  static final Served NOTHING = new Served(0, Map.of(), List.of());

  public Served {
    models = Map.copyOf(models);
    records = List.copyOf(records);
  }

  /**
   * The loaded versions of a model.
   *
   * @param preferred the one that answers calls that name none
   */
  public record Versioned(String preferred, Map<String, Model> versions) {
    public Versioned {
      versions = Map.copyOf(versions);
    }
  }

  /** What answers a call, if anything does. */
  public Optional<Model> find(String name, String version) {
    @Nullable Versioned model = models.get(name);
    return model == null
        ? Optional.empty()
        : Optional.ofNullable(
            model.versions().get(version.isEmpty() ? model.preferred() : version));
  }
}
