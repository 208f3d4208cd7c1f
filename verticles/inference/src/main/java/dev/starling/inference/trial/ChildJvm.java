package dev.starling.inference.trial;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a JVM is started that runs {@link TrialMain} and dies soon: from the jars that hold it and
 * ONNX Runtime, whether that is one for everything or a class path, with what makes starting fast.
 *
 * <p>Owns the directory in which ONNX Runtime's native libraries are, unpacked once, since each
 * child would otherwise take its own copy out of the jar and leave it behind when it is killed.
 */
final class ChildJvm implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChildJvm.class);
  private static final List<String> LIBRARIES =
      List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

  /** Outputs are copied into it; the weights are outside. */
  private static final String HEAP = "-Xmx256m";

  private final Path libraries;
  private final String classPath;

  private ChildJvm(Path libraries, String classPath) {
    this.libraries = libraries;
    this.classPath = classPath;
  }

  /** Blocks for the file system. */
  static ChildJvm prepare() throws IOException {
    Set<Path> jars = new LinkedHashSet<>();
    jars.add(home(TrialMain.class));
    jars.add(home(OrtEnvironment.class));
    Path libraries = Files.createTempDirectory("starling-onnxruntime");
    try {
      unpack(libraries);
    } catch (IOException e) {
      Scratch.delete(libraries);
      throw e;
    }
    return new ChildJvm(
        libraries,
        String.join(java.io.File.pathSeparator, jars.stream().map(Path::toString).toList()));
  }

  List<String> command(Path scratch, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-Xms16m",
                "-Xss1m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:CompressedClassSpaceSize=16m",
                "-XX:ReservedCodeCacheSize=16m",
                "-XX:MaxMetaspaceSize=48m",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + scratch.resolve("crash.log"),
                "-Djava.io.tmpdir=" + scratch,
                "-Duser.home=" + scratch,
                "-Dfile.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8",
                "-cp",
                classPath));
    if (Files.exists(libraries.resolve(LIBRARIES.get(0)))) {
      command.add(command.size() - 2, "-Donnxruntime.native.path=" + libraries);
    }
    command.add(TrialMain.class.getName());
    command.addAll(arguments);
    return command;
  }

  @Override
  public void close() {
    Scratch.delete(libraries);
  }

  private static void unpack(Path directory) throws IOException {
    String platform =
        System.getProperty("os.arch").equals("aarch64") ? "linux-aarch64" : "linux-x64";
    for (String library : LIBRARIES) {
      String resource = "/ai/onnxruntime/native/" + platform + "/" + library;
      try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
        if (in == null || !System.getProperty("os.name").startsWith("Linux")) {
          log.info("{} is not used: each trial unpacks ONNX Runtime for itself", resource);
          return;
        }
        Files.copy(in, directory.resolve(library));
      }
    }
  }

  private static Path home(Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    try {
      if (source != null) {
        return Path.of(source.getLocation().toURI());
      }
    } catch (URISyntaxException e) {
      throw new IOException(source.getLocation() + " (expected: a file)", e);
    }
    throw new IOException(type + " has no place that a child could load it from");
  }
}
