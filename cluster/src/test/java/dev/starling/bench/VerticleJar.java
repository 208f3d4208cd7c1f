package dev.starling.bench;

import dev.starling.sdk.ServiceVerticle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Makes a jar of a verticle among the tests, as somebody would drop it into a node. */
final class VerticleJar {
  private VerticleJar() {}

  /** Writes the verticle and the classes inside of it into a new directory, which it gives. */
  static Path write(Path home, Class<? extends ServiceVerticle> verticle) {
    try {
      Path directory = Files.createDirectories(home.resolve("verticles"));
      try (JarOutputStream jar =
          new JarOutputStream(Files.newOutputStream(directory.resolve("bench.jar")))) {
        jar.putNextEntry(new JarEntry("META-INF/services/" + ServiceVerticle.class.getName()));
        jar.write(verticle.getName().getBytes(StandardCharsets.UTF_8));
        for (Path file : classFiles(verticle)) {
          jar.putNextEntry(
              new JarEntry(verticle.getPackageName().replace('.', '/') + "/" + file.getFileName()));
          try (InputStream bytes = Files.newInputStream(file)) {
            bytes.transferTo(jar);
          }
        }
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> classFiles(Class<?> outer) throws IOException {
    Path directory;
    try {
      URI root = outer.getProtectionDomain().getCodeSource().getLocation().toURI();
      directory = Path.of(root).resolve(outer.getPackageName().replace('.', '/'));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().matches(outer.getSimpleName() + "(\\$.*)?\\.class"))
          .toList();
    }
  }
}
