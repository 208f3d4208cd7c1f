package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ModelsCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void check_versions_saysOfEachWhatANodeWould() throws IOException {
    Path good = Files.createDirectories(directory.resolve("model/2"));
    try (InputStream model = getClass().getResourceAsStream("/all-minilm-l6-v2-q.onnx")) {
      Files.copy(model, good.resolve("model.onnx"));
    }
    Path evil = Files.createDirectories(directory.resolve("model/10"));
    Files.writeString(evil.resolve("model.onnx"), "no model");

    assertThat(run("check", directory.resolve("model").toString())).isEqualTo(1);

    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("model: version 2: ok"),
            line -> assertThat(line).contains("version 10: refused: ").contains("byte"));

    Files.delete(evil.resolve("model.onnx"));
    assertThat(run("check", directory.resolve("model").toString())).isZero();
  }

  @Test
  void check_noModel_exitsWithTwo() throws IOException {
    assertThat(run("check", directory.resolve("absent").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("expected: the directory of a model");

    Files.createDirectory(directory.resolve("empty"));
    assertThat(run("check", directory.resolve("empty").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("no version (expected: e.g. 1/model.onnx)");
  }

  private int run(String... arguments) {
    return new CommandLine(new ModelsCommand())
        .setExecutionExceptionHandler(new StartFailure.Printer())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
