package dev.starling.inference.repository;

import dev.starling.inference.ModelConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * A model as it lies in a directory.
 *
 * @param versions the newest first
 */
record ModelDirectory(String name, ModelConfig config, List<VersionDirectory> versions) {
  ModelDirectory {
    versions = List.copyOf(versions);
  }

  /**
   * A version of it.
   *
   * @param directory its true path, without links
   * @param stamp differs when anything in it or the model's configuration was replaced
   */
  record VersionDirectory(String version, Path directory, String stamp) {
    Path file() {
      return directory.resolve(Directories.MODEL_FILE);
    }
  }

  /** What a look into the directories has found. */
  sealed interface Look {

    record Present(ModelDirectory model) implements Look {}

    record Absent() implements Look {}

    /**
     * @param reason for operators
     */
    record Unusable(String reason) implements Look {}
  }
}
