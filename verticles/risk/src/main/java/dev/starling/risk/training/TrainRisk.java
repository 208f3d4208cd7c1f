package dev.starling.risk.training;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Trains the model, says how good it is, and writes it down. Run by the build and by {@code
 * scripts/train-risk}.
 */
public final class TrainRisk {
  private TrainRisk() {}

  /**
   * Runs as it is told to.
   *
   * @param arguments {@code --seed N}, {@code --rows N}, {@code --output DIRECTORY} where the model
   *     is written, {@code --quiet} to say nothing
   * @throws IllegalArgumentException naming the one that is wrong
   */
  public static void main(String[] arguments) throws IOException {
    long seed = Training.SEED;
    int rows = Training.ROWS;
    Path output = null;
    boolean quiet = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quiet" -> quiet = true;
        case "--seed" -> seed = number("--seed", after(arguments, i++), 0, Long.MAX_VALUE);
        case "--rows" ->
            rows =
                (int) number("--rows", after(arguments, i++), Training.MIN_ROWS, Training.MAX_ROWS);
        case "--output" -> output = Path.of(String.valueOf(after(arguments, i++)));
        default ->
            throw new IllegalArgumentException(
                arguments[i] + " (expected: --seed, --rows, --output or --quiet)");
      }
    }
    Training training = Training.run(seed, rows);
    if (output != null) {
      ModelFiles.write(output, training.onnx());
    }
    if (!quiet) {
      System.out.print(TrainingReport.of(training, seed));
    }
  }

  private static String after(String[] arguments, int option) {
    if (option + 1 == arguments.length) {
      throw new IllegalArgumentException(arguments[option] + ": nothing (expected: a value)");
    }
    return arguments[option + 1];
  }

  private static long number(String option, @Nullable String text, long least, long most) {
    try {
      long value = Long.parseLong(String.valueOf(text));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number that is out of range.
    }
    throw new IllegalArgumentException(
        "%s: %s (expected: %d..%d)".formatted(option, text, least, most));
  }
}
