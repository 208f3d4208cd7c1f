package dev.starling.inference.trial;

import dev.starling.inference.trial.TrialOutcome.Failed;
import dev.starling.inference.trial.TrialOutcome.Passed;
import dev.starling.inference.vetting.Vetting.Declared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tries models out, each in a child process that has a directory and an environment of its own and
 * nothing in either, and that is killed when its time is over.
 *
 * <p>Thread-safe; one trial at a time, others wait. Blocks.
 */
public final class ChildTrial implements Trial {
  /** ONNX Runtime holds weights twice while it prepares them, and the file as well. */
  static final int MEMORY_PER_BYTE = 4;

  private static final long MIB = 1 << 20;
  private static final int MAX_REASON = 400;

  private final TrialConfig config;
  private @Nullable Confinement confinement;
  private @Nullable ChildJvm jvm;
  private boolean closed;

  public ChildTrial(TrialConfig config) {
    this.config = config;
  }

  @Override
  public synchronized TrialOutcome run(Path file, List<Declared> inputs, Collection<String> outputs)
      throws IOException, InterruptedException {
    if (closed) {
      return new Failed("the node is stopping");
    }
    Confinement confined = confinement;
    if (confined == null) {
      confined = Confinement.probe();
      confinement = confined;
    }
    ChildJvm child = jvm;
    if (child == null) {
      child = ChildJvm.prepare();
      jvm = child;
    }
    long bytes = Files.size(file);
    Duration load =
        config.loadTime().plus(config.loadTimePerMib().multipliedBy((bytes + MIB - 1) / MIB));
    Path scratch = Files.createTempDirectory("starling-trial");
    try {
      List<String> command =
          confined.confine(
              config.memoryMib() * MIB + MEMORY_PER_BYTE * bytes,
              Child.START.plus(load).plus(config.runTime()),
              child.command(scratch, arguments(file, inputs)));
      return judge(Child.start(command, scratch, load, config.runTime()).await(), file, outputs);
    } finally {
      Scratch.delete(scratch);
    }
  }

  private static List<String> arguments(Path file, List<Declared> inputs) {
    List<String> arguments = new ArrayList<>();
    arguments.add(file.toAbsolutePath().toString());
    for (Declared input : inputs) {
      List<Long> shape = input.shape() == null ? List.of() : input.shape();
      arguments.add(input.name());
      arguments.add(
          shape.stream().map(length -> "" + Math.max(1, length)).collect(Collectors.joining(",")));
    }
    return arguments;
  }

  private static TrialOutcome judge(TrialLine last, Path file, Collection<String> outputs) {
    if (last instanceof TrialLine.Failed failed) {
      return new Failed(readable(failed.reason(), file));
    }
    List<String> given = last instanceof TrialLine.Passed passed ? passed.outputs() : List.of();
    return new TreeSet<>(given).equals(new TreeSet<>(outputs))
        ? new Passed()
        : new Failed("it gives " + given + " (expected: " + outputs + ")");
  }

  /** Reasons are told to other nodes and to clients, whom paths of this one do not concern. */
  private static String readable(String reason, Path file) {
    String plain =
        reason
            .replace(file.toAbsolutePath().toString(), String.valueOf(file.getFileName()))
            .replaceAll("\\s+", " ");
    return plain.length() <= MAX_REASON ? plain : plain.substring(0, MAX_REASON) + "...";
  }

  @Override
  public synchronized void close() {
    closed = true;
    ChildJvm child = jvm;
    jvm = null;
    if (child != null) {
      child.close();
    }
  }
}
