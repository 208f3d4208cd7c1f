package dev.starling.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedModelsTest {
  @TempDir Path directory;

  @Test
  void jars_withIndexes_areInstalledAndTrusted() throws IOException {
    Path root = directory.resolve("models");
    ShippedModels shipped =
        find(
            jar("one", "a/1/model.onnx", "a/1/words.txt", "a/config.yaml"),
            jar("two", "b/3/model.onnx"));

    shipped.installInto(root);

    assertThat(shipped.models()).containsExactly("a", "b");
    assertThat(root.resolve("a/1/model.onnx")).hasContent("a/1/model.onnx");
    assertThat(root.resolve("a/1/words.txt")).hasContent("a/1/words.txt");
    assertThat(root.resolve("a/config.yaml")).hasContent("a/config.yaml");
    assertThat(shipped.trusts("a", "1", root.resolve("a/1"))).isTrue();
    assertThat(shipped.trusts("b", "3", root.resolve("b/3"))).isTrue();
    assertNothingPartial(root);
  }

  @Test
  void file_changedAfterwards_isNotTrustedAndNotReplaced() throws IOException {
    Path root = directory.resolve("models");
    ShippedModels shipped = find(jar("one", "a/1/model.onnx", "a/1/words.txt"));
    shipped.installInto(root);
    Files.writeString(root.resolve("a/1/words.txt"), "others");

    shipped.installInto(root);

    assertThat(root.resolve("a/1/words.txt")).hasContent("others");
    assertThat(shipped.trusts("a", "1", root.resolve("a/1"))).isFalse();
    assertThat(shipped.trusts("a", "2", root.resolve("a/1"))).isFalse();
    assertThat(ShippedModels.none().trusts("a", "1", root.resolve("a/1"))).isFalse();
  }

  @Test
  void modelOfAnOperator_keepsItsConfiguration() throws IOException {
    Path root = directory.resolve("models");
    Files.createDirectories(root.resolve("a/2"));
    Files.writeString(root.resolve("a/config.yaml"), "mine");

    find(jar("one", "a/1/model.onnx", "a/config.yaml")).installInto(root);

    assertThat(root.resolve("a/config.yaml")).hasContent("mine");
    assertThat(root.resolve("a/1/model.onnx")).exists();
  }

  @Test
  void nodes_thatInstallAtOnce_allFindWholeModels() throws Exception {
    Path root = directory.resolve("models");
    ShippedModels shipped = find(jar("one", "a/1/model.onnx", "a/1/words.txt", "a/config.yaml"));
    ExecutorService nodes = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> starts =
          java.util.Collections.nCopies(
              8,
              () -> {
                shipped.installInto(root);
                return shipped.trusts("a", "1", root.resolve("a/1"));
              });
      for (Future<Boolean> started : nodes.invokeAll(starts)) {
        assertThat(started.get()).isTrue();
      }
    } finally {
      nodes.shutdownNow();
    }
    assertNothingPartial(root);
  }

  @Test
  void resource_otherThanItsIndexSays_isNotInstalled() throws IOException {
    Path jar = jar("one", "a/1/model.onnx");
    Files.writeString(jar.resolve(ShippedModels.FOLDER + "a/1/model.onnx"), "evil");
    Path root = directory.resolve("models");

    assertThatThrownBy(() -> find(jar).installInto(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected: ");
    assertThat(root.resolve("a/1")).doesNotExist();
    assertNothingPartial(root);
  }

  @Test
  void index_thatLeadsElsewhere_isRefused() throws IOException {
    for (String place : List.of("../1/model.onnx", "a/../model.onnx", "a/1/..", "a/x/model.onnx")) {
      Path jar = Files.createTempDirectory(directory, "jar");
      Path index = jar.resolve(ShippedModels.INDEX);
      Files.createDirectories(index.getParent());
      Files.writeString(index, "0".repeat(64) + " " + place + "\n");

      assertThatThrownBy(() -> find(jar))
          .as(place)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("expected: sha256 model/version/file [resource]");
    }
  }

  @Test
  void ownIndex_namesTheModelThatShips() throws IOException {
    Path root = directory.resolve("models");
    ShippedModels shipped = ShippedModels.find(ShippedModels.class.getClassLoader());

    shipped.installInto(root);

    assertThat(shipped.trusts("all-minilm-l6-v2", "1", root.resolve("all-minilm-l6-v2/1")))
        .isTrue();
    assertThat(new Directories(List.of(root), 1).look("all-minilm-l6-v2"))
        .isInstanceOf(ModelDirectory.Look.Present.class);
  }

  private static ShippedModels find(Path... jars) throws IOException {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    return ShippedModels.find(new URLClassLoader(urls, null));
  }

  /** A directory in the place of a jar, whose files say where they belong. */
  private Path jar(String name, String... places) throws IOException {
    Path jar = Files.createDirectory(directory.resolve(name));
    StringBuilder index = new StringBuilder("# an index\n\n");
    for (String place : places) {
      Path file = jar.resolve(ShippedModels.FOLDER + place);
      Files.createDirectories(file.getParent());
      Files.writeString(file, place);
      String digest =
          HexFormat.of().formatHex(Digests.sha256().digest(place.getBytes(StandardCharsets.UTF_8)));
      index.append(digest).append("  ").append(place).append('\n');
    }
    Files.writeString(jar.resolve(ShippedModels.INDEX), index);
    return jar;
  }

  private static void assertNothingPartial(Path root) throws IOException {
    try (Stream<Path> left = Files.list(root)) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith(".partial"));
    }
  }
}
