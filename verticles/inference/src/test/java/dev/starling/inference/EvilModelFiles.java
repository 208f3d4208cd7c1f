package dev.starling.inference;

import dev.starling.inference.EvilModels.Evil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes the files that must never be loaded into a directory, for programs that give them to
 * nodes: in a directory each, named as a model may be, with {@code reason.txt}, a part of what the
 * operator must be told.
 */
public final class EvilModelFiles {
  private static final int MAX_NAME = 64;

  private EvilModelFiles() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("EvilModelFiles: (expected: one argument, a directory)");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    for (Evil evil :
        Stream.concat(EvilModels.bySight().stream(), EvilModels.byTrial().stream()).toList()) {
      Path model = Files.createDirectory(directory.resolve(name(evil)));
      Files.write(model.resolve("model.onnx"), evil.file());
      Files.writeString(model.resolve("reason.txt"), evil.reason());
    }
  }

  private static String name(Evil evil) {
    String name = evil.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return name.substring(0, Math.min(MAX_NAME, name.length()));
  }
}
