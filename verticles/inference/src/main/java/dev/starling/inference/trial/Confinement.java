package dev.starling.inference.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs of the system (util-linux) that take from a child what it does not need: memory,
 * descriptors, large files, the network. Immutable.
 *
 * @param limits sets limits of resources and then becomes the child; empty without it
 * @param noNetwork likewise gives it a network of its own, in which nobody is
 */
record Confinement(List<String> limits, List<String> noNetwork) {
  private static final Logger log = LoggerFactory.getLogger(Confinement.class);
  private static final List<Path> DIRECTORIES =
      List.of(
          Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/usr/local/bin"));
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** More than the JVM and ONNX Runtime open. */
  private static final int DESCRIPTORS = 64;

  /** For what a dying JVM writes down. */
  private static final int FILE_BYTES = 1 << 20;

  Confinement {
    limits = List.copyOf(limits);
    noNetwork = List.copyOf(noNetwork);
  }

  /** What this system has and lets this process use; says once what is missing. Blocks. */
  static Confinement probe() {
    List<String> limits =
        program("prlimit").filter(p -> works(List.of(p, "--core=0", "--"))).stream().toList();
    List<String> noNetwork =
        program("unshare")
            .flatMap(
                unshare ->
                    List.of(List.of(unshare, "-n", "--"), List.of(unshare, "-rn", "--")).stream()
                        .filter(Confinement::works)
                        .findFirst())
            .orElse(List.of());
    if (limits.isEmpty()) {
      log.warn("prlimit cannot be used here: trials of models have no limit of native memory");
    }
    if (noNetwork.isEmpty()) {
      log.warn("unshare cannot be used here: trials of models have the network of this node");
    }
    return new Confinement(limits, noNetwork);
  }

  /** The command under these limits. */
  List<String> confine(long memoryBytes, Duration processor, List<String> command) {
    List<String> confined = new ArrayList<>();
    if (!limits.isEmpty()) {
      confined.addAll(limits);
      confined.add("--as=" + memoryBytes);
      confined.add("--cpu=" + (processor.toSeconds() + 1));
      confined.add("--nofile=" + DESCRIPTORS);
      confined.add("--fsize=" + FILE_BYTES);
      confined.add("--core=0");
      confined.add("--");
    }
    confined.addAll(noNetwork);
    confined.addAll(command);
    return confined;
  }

  private static Optional<String> program(String name) {
    return DIRECTORIES.stream()
        .map(directory -> directory.resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static boolean works(List<String> prefix) {
    Optional<String> nothing = program("true");
    if (nothing.isEmpty()) {
      return false;
    }
    List<String> command = new ArrayList<>(prefix);
    command.add(nothing.get());
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
