package dev.starling.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.inference.repository.ModelDirectory.Look;
import dev.starling.inference.repository.ModelDirectory.VersionDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {
  @TempDir Path directory;
  private Path own;
  private Path other;
  private Directories directories;

  @BeforeEach
  void directories() throws IOException {
    own = Files.createDirectory(directory.resolve("own"));
    other = Files.createDirectory(directory.resolve("other"));
    directories = new Directories(List.of(own, other), 1);
  }

  @Test
  void names_ofAllDirectories_areThoseThatModelsMayHave() throws IOException {
    model(own, "b", "1");
    model(other, "a", "1");
    model(other, "b", "2");
    model(own, ".partial", "1");
    model(own, "Upper", "1");

    assertThat(directories.names()).containsExactly("a", "b");
  }

  @Test
  void model_inTwoDirectories_isTakenFromTheFirst() throws IOException {
    model(own, "m", "1");
    model(other, "m", "2");

    assertThat(present("m").versions())
        .extracting(VersionDirectory::directory)
        .containsExactly(own.resolve("m/1").toRealPath());
  }

  @Test
  void versions_areNumbersTheNewestFirst() throws IOException {
    for (String version : List.of("2", "10", "1", "01", "0", ".3", "4-old", "x")) {
      model(own, "m", version);
    }
    Files.createDirectories(own.resolve("m/7"));

    assertThat(present("m").versions())
        .extracting(VersionDirectory::version)
        .containsExactly("10", "2", "1");
  }

  @Test
  void stamp_ofAnythingThatIsReplaced_differs() throws IOException {
    Files.writeString(
        Files.createDirectories(own.resolve("m")).resolve("config.yaml"),
        "pipeline: { before: [ { tokenizer: { input: text } } ] }");
    model(own, "m", "1");
    Files.writeString(own.resolve("m/1/tokenizer.json"), "{}");
    String before = present("m").versions().get(0).stamp();
    assertThat(present("m").versions().get(0).stamp()).isEqualTo(before);

    for (String file : List.of("1/model.onnx", "1/tokenizer.json", "config.yaml")) {
      String last = present("m").versions().get(0).stamp();
      replace(own.resolve("m").resolve(file));
      assertThat(present("m").versions().get(0).stamp()).as(file).isNotEqualTo(last);
    }
  }

  @Test
  void links_inside_areFollowed() throws IOException {
    model(own, "m", "1");
    Files.createSymbolicLink(own.resolve("m/2"), own.resolve("m/1"));
    Files.createSymbolicLink(own.resolve("same"), own.resolve("m"));

    assertThat(present("m").versions()).hasSize(2);
    assertThat(present("same").versions()).hasSize(2);
  }

  @Test
  void links_thatLeadOut_areRefused() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    model(outside, "m", "1");
    Files.createSymbolicLink(own.resolve("whole"), outside.resolve("m"));
    Files.createDirectories(own.resolve("version"));
    Files.createSymbolicLink(own.resolve("version/1"), outside.resolve("m/1"));
    Files.createDirectories(own.resolve("file/1"));
    Files.createSymbolicLink(own.resolve("file/1/model.onnx"), outside.resolve("m/1/model.onnx"));
    model(own, "config", "1");
    Files.createSymbolicLink(own.resolve("config/config.yaml"), Path.of("/etc/passwd"));

    for (String name : List.of("whole", "version", "file", "config")) {
      assertThat(directories.look(name))
          .as(name)
          .isInstanceOfSatisfying(
              Look.Unusable.class,
              unusable -> assertThat(unusable.reason()).contains("leads out of the repository"));
    }
  }

  @Test
  void modelFile_thatIsALinkOrADirectory_isRefused() throws IOException {
    model(own, "m", "1");
    Files.createDirectories(own.resolve("m/2"));
    Files.createSymbolicLink(own.resolve("m/2/model.onnx"), own.resolve("m/1/model.onnx"));
    Files.createDirectories(own.resolve("n/1/model.onnx"));

    assertUnusable("m", "a link (expected: a regular file)");
    assertUnusable("n", "(expected: a regular file)");
  }

  @Test
  void tokenizer_missing_isRefused() throws IOException {
    model(own, "m", "1");
    Files.writeString(
        own.resolve("m/config.yaml"), "pipeline: { before: [ { tokenizer: { input: t } } ] }");

    assertUnusable("m", "tokenizer.json: missing");
  }

  @Test
  void config_withAMistake_isNamed() throws IOException {
    model(own, "m", "1");
    Files.writeString(own.resolve("m/config.yaml"), "max-bach: 1");

    assertUnusable("m", "m/config.yaml: max-bach: unknown key (did you mean max-batch?)");

    Files.writeString(own.resolve("m/config.yaml"), "#".repeat(ConfigFile.MAX_BYTES + 1));
    assertUnusable("m", "too large");
  }

  @Test
  void name_thatNoModelHas_isRefusedOrAbsent() throws IOException {
    assertUnusable("../own", "expected: [a-z0-9]");
    assertThat(directories.look("m")).isInstanceOf(Look.Absent.class);
  }

  private void assertUnusable(String name, String reason) throws IOException {
    assertThat(directories.look(name))
        .isInstanceOfSatisfying(
            Look.Unusable.class, unusable -> assertThat(unusable.reason()).contains(reason));
  }

  private ModelDirectory present(String name) throws IOException {
    return ((Look.Present) directories.look(name)).model();
  }

  private static void model(Path root, String name, String version) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name).resolve(version));
    Files.writeString(folder.resolve("model.onnx"), "model");
  }

  /** As whoever publishes a file does: whole, under its name at once. */
  private static void replace(Path file) throws IOException {
    Path fresh = Files.copy(file, file.resolveSibling(".fresh"));
    Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }
}
