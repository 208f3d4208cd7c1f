package dev.starling.inference.repository;

import dev.starling.inference.ModelConfig;
import dev.starling.inference.engine.Model;
import java.nio.file.Path;

/** Loads a version and warms it up. Called on a thread that may block. */
@FunctionalInterface
public interface ModelLoader {

  /**
   * @param directory of the version, with {@code model.onnx} in it
   * @throws Exception when it cannot; the message says why, for operators
   */
  Model load(Path directory, String name, String version, ModelConfig config) throws Exception;
}
