package dev.starling.risk.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lays a model down as one that ships in a jar: its files below {@code META-INF/starling/models},
 * and their SHA-256 in {@code META-INF/starling/models.index}, a line for each as {@code sha256sum}
 * writes them.
 */
final class ModelFiles {
  private static final String CONFIG =
      """
      # Rows do not depend on each other; an order with its reasons is 13 of them.
      max-batch: 512
      """;

  private ModelFiles() {}

  /**
   * @param output a directory or a jar's root
   */
  static void write(Path output, byte[] model) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("order-risk/1/model.onnx", model);
    files.put("order-risk/config.yaml", CONFIG.getBytes(UTF_8));
    Path root = output.resolve("META-INF/starling");
    StringBuilder index = new StringBuilder();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = root.resolve("models").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
      index.append(sha256(file.getValue())).append("  ").append(file.getKey()).append('\n');
    }
    Files.writeString(root.resolve("models.index"), index);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
