package dev.starling.cluster;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileWatchTest {
  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger readings = new AtomicInteger();
  private Path file = Path.of("");

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(directory.resolve("watched.yaml"), "a: 1\n");
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void look_nothingChanged_readsNothing() {
    look(new FileWatch("test", () -> file));

    assertThat(readings).hasValue(0);
  }

  @Test
  void look_writtenToSinceItWasMade_readsOnce() throws IOException {
    FileWatch watch = new FileWatch("test", () -> file);
    Files.writeString(file, "a: 10\n");

    look(watch);
    look(watch);

    assertThat(readings).hasValue(1);
  }

  @Test
  void look_replacedByOneOfTheSameSizeAndAge_reads() throws IOException {
    FileWatch watch = new FileWatch("test", () -> file);
    Path other = Files.writeString(directory.resolve("other.yaml"), "a: 2\n");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    look(watch);

    assertThat(readings).hasValue(1);
  }

  @Test
  void look_fileComesAndGoes_readsEachTime() throws IOException {
    FileWatch watch = new FileWatch("test", () -> Files.exists(file) ? file : null);

    Files.delete(file);
    look(watch);
    assertThat(readings).hasValue(1);

    Files.writeString(file, "a: 1\n");
    look(watch);
    assertThat(readings).hasValue(2);
  }

  @Test
  void look_readingFails_failsAndReadsTheNextChange() throws IOException {
    FileWatch watch = new FileWatch("test", () -> file);
    IllegalStateException bug = new IllegalStateException("a bug");

    Files.writeString(file, "a: 10\n");
    Future<?> failed = watch.look(vertx, () -> Future.failedFuture(bug));
    await(failed.otherwiseEmpty());
    assertThat(failed.cause()).isSameAs(bug);

    Files.writeString(file, "a: 100\n");
    look(watch);
    assertThat(readings).hasValue(1);
  }

  private void look(FileWatch watch) {
    await(
        watch.look(
            vertx,
            () -> {
              readings.incrementAndGet();
              return Future.succeededFuture();
            }));
  }
}
