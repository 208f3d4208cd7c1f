package dev.starling.bench;

import dev.starling.sdk.ServiceVerticle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** Puts {@link LedgerVerticle} where nodes look for verticles of third parties. */
final class LedgerJar {
  private static final String CLASS = "/dev/starling/bench/LedgerVerticle.class";

  private static final String TABLE =
      """
      CREATE TABLE ${shard}.ledger (
        place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event uuid NOT NULL,
        aggregate text NOT NULL,
        number bigint NOT NULL
      );
      """;

  private LedgerJar() {}

  /** Writes the jar into a new directory, which is returned. */
  static Path in(Path home) {
    try {
      Path directory = Files.createDirectories(home.resolve("verticles"));
      try (JarOutputStream jar =
              new JarOutputStream(Files.newOutputStream(directory.resolve("ledger.jar")));
          InputStream code = LedgerJar.class.getResourceAsStream(CLASS)) {
        add(jar, CLASS.substring(1), Objects.requireNonNull(code).readAllBytes());
        add(
            jar,
            "META-INF/services/" + ServiceVerticle.class.getName(),
            LedgerVerticle.class.getName().getBytes(StandardCharsets.UTF_8));
        add(jar, "db/ledger/V1__ledger.sql", TABLE.getBytes(StandardCharsets.UTF_8));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    jar.putNextEntry(new ZipEntry(name));
    jar.write(content);
    jar.closeEntry();
  }
}
