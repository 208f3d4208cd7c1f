package dev.starling.inference.trial;

import dev.starling.inference.vetting.Vetting.Declared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Finds out what a model does when it is loaded and run. Thread-safe; blocks. */
public interface Trial extends AutoCloseable {

  /**
   * Loads a file and runs it with these shapes.
   *
   * @param inputs what it is given; a dimension that differs from call to call is 1
   * @param outputs the names of what it must give
   * @throws IOException when it could not be tried out
   */
  TrialOutcome run(Path file, List<Declared> inputs, Collection<String> outputs)
      throws IOException, InterruptedException;

  @Override
  void close();
}
