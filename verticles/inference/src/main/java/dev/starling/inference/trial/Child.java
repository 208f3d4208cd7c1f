package dev.starling.inference.trial;

import dev.starling.inference.trial.TrialLine.Failed;
import dev.starling.inference.trial.TrialLine.Loading;
import dev.starling.inference.trial.TrialLine.Running;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child process that tries a model out, and the clock that ends it.
 *
 * <p>What counts is the time of a core that a phase has taken, so that a machine which is busy with
 * other things does not condemn an honest file; a child that does nothing is ended by the wall
 * clock, after ten times as long. Confined to one thread.
 */
final class Child {
  /** Of its own JVM, before it has looked at the file. */
  static final Duration START = Duration.ofSeconds(10);

  private static final int PATIENCE = 10;

  /** A few lines of at most {@link TrialLine#MAX_BYTES}. */
  private static final int MAX_OUTPUT_BYTES = 4 * TrialLine.MAX_BYTES;

  private static final long TICK_MILLIS = 5;

  private final Process process;
  private final Path errors;
  private final Duration load;
  private final Duration run;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String phase = "start";
  private Duration limit = START;
  private Duration coreTimeBefore = Duration.ZERO;
  private long phaseBeganNanos = System.nanoTime();
  private int outputBytes;
  private @Nullable TrialLine outcome;

  private Child(Process process, Path errors, Duration load, Duration run) {
    this.process = process;
    this.errors = errors;
    this.load = load;
    this.run = run;
  }

  static Child start(List<String> command, Path scratch, Duration load, Duration run)
      throws IOException {
    Path errors = scratch.resolve("errors.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(scratch.toFile()).redirectError(errors.toFile());
    builder.environment().clear();
    Process process = builder.start();
    process.getOutputStream().close();
    return new Child(process, errors, load, run);
  }

  /** Its last word, or why it has none. */
  TrialLine await() throws IOException, InterruptedException {
    try {
      boolean ended = false;
      while (outcome == null) {
        ended = process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS);
        // After its end once more: it may have written before.
        read();
        if (ended && outcome == null) {
          outcome = new Failed("its process ended with " + process.exitValue() + excuse());
        } else if (!ended && isOverdue()) {
          outcome =
              new Failed("not done with its " + phase + " within " + limit.toMillis() + " ms");
        }
      }
      return outcome;
    } finally {
      // Its directory is removed next, and nobody may write there meanwhile.
      process.destroyForcibly().waitFor(1, TimeUnit.SECONDS);
    }
  }

  private void read() throws IOException {
    InputStream out = process.getInputStream();
    for (int waiting = out.available(); waiting > 0 && outcome == null; waiting = out.available()) {
      byte[] bytes = out.readNBytes(Math.min(waiting, TrialLine.MAX_BYTES));
      outputBytes += bytes.length;
      if (outputBytes > MAX_OUTPUT_BYTES) {
        outcome = new Failed("it wrote more than " + MAX_OUTPUT_BYTES + " bytes");
        return;
      }
      for (byte one : bytes) {
        if (one == '\n') {
          take(TrialLine.parse(line.toString(StandardCharsets.UTF_8)));
          line.reset();
        } else {
          line.write(one);
        }
      }
    }
  }

  /** What is written by anybody else in the process means nothing. */
  private void take(@Nullable TrialLine said) {
    if (said instanceof Loading) {
      enter("load", load);
    } else if (said instanceof Running) {
      enter("run", run);
    } else if (said != null) {
      outcome = said;
    }
  }

  private void enter(String newPhase, Duration newLimit) {
    phase = newPhase;
    limit = newLimit;
    coreTimeBefore = coreTime();
    phaseBeganNanos = System.nanoTime();
  }

  private boolean isOverdue() {
    Duration waited = Duration.ofNanos(System.nanoTime() - phaseBeganNanos);
    return coreTime().minus(coreTimeBefore).compareTo(limit) > 0
        || waited.compareTo(limit.multipliedBy(PATIENCE)) > 0;
  }

  /** Of all of its threads; what cannot be told is taken as nothing. */
  private Duration coreTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private String excuse() {
    try (InputStream in = Files.newInputStream(errors)) {
      String text = new String(in.readNBytes(2_000), StandardCharsets.UTF_8);
      String first =
          text.lines()
              .filter(said -> !said.isBlank() && !said.startsWith("#"))
              .findFirst()
              .orElse("");
      return first.isEmpty() ? "" : ": " + first.strip();
    } catch (IOException e) {
      return "";
    }
  }
}
