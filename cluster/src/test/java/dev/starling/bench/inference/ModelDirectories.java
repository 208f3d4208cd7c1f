package dev.starling.bench.inference;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A repository of models that is being filled. What is in it are the models that the jar ships,
 * under whatever name and with whatever configuration a measurement needs.
 */
record ModelDirectories(Path root) {
  /** The name that clients know. */
  static final String EMBEDDING = "all-minilm-l6-v2";

  private static final String ONNX = "/all-minilm-l6-v2-q.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
  private static final String RISK = "/META-INF/starling/models/order-risk/1/model.onnx";

  private static final String PIPELINE =
      """
      pipeline:
        before:
          - tokenizer: { input: text, file: tokenizer.json, max-tokens: 256 }
        after:
          - mean-pooling: { from: last_hidden_state, to: embedding }
          - normalize: { output: embedding }
      """;

  /** The repository of nodes with that data directory. */
  static ModelDirectories ofData(Path dataDirectory) {
    return new ModelDirectories(dataDirectory.resolve("models"));
  }

  /**
   * Puts the embedding model there, and returns the directory of its version.
   *
   * @param config lines of its configuration besides the pipeline
   */
  Path embedding(String name, String... config) throws IOException {
    Path version = version(name, 1);
    copy(ONNX, version.resolve("model.onnx"));
    copy(TOKENIZER, version.resolve("tokenizer.json"));
    configure(name, List.of(config), PIPELINE);
    return version;
  }

  /** Puts the risk model there. */
  Path risk(String name, String... config) throws IOException {
    Path version = riskVersion(name, 1);
    configure(name, List.of(config), "");
    return version;
  }

  /** Puts another version of the risk model there, which appears as a whole. */
  Path riskVersion(String name, int number) throws IOException {
    Path partial = root.resolve(name).resolve(".partial");
    Files.createDirectories(partial);
    copy(RISK, partial.resolve("model.onnx"));
    return Files.move(
        partial, root.resolve(name).resolve("" + number), StandardCopyOption.ATOMIC_MOVE);
  }

  Path version(String name, int number) throws IOException {
    return Files.createDirectories(root.resolve(name).resolve("" + number));
  }

  /** Takes a model or one of its versions away, if it is there. */
  static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void configure(String name, List<String> lines, String rest) throws IOException {
    String all = String.join("\n", lines) + "\n" + rest;
    if (!all.isBlank()) {
      Files.writeString(root.resolve(name).resolve("config.yaml"), all);
    }
  }

  private static void copy(String resource, Path file) throws IOException {
    try (InputStream in = ModelDirectories.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is not on the class path");
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
