package dev.starling.bench.inference;

import dev.starling.bench.Checks;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a run was told, and where it says what it found.
 *
 * @param home for data and logs, a directory for each part in it
 * @param rounds of each thing that is measured; figures are their medians
 * @param seconds of a round
 * @param warmUpSeconds of load on each thing before its first round
 * @param clients that call at the same time
 * @param jvm flags of the nodes' JVMs
 * @param basePort of 40 successive ports that are used
 * @param serverCpus cores of a node that is overloaded
 * @param loadCpus cores of the generator that overloads it
 * @param replacements of a model while it is called
 * @param vectors that are searched among
 */
record Setting(
    Path home,
    int rounds,
    int seconds,
    int warmUpSeconds,
    int clients,
    List<String> jvm,
    int basePort,
    String serverCpus,
    String loadCpus,
    Peer peer,
    Programs programs,
    int replacements,
    int vectors,
    PrintStream out,
    Checks checks) {

  /**
   * The FastAPI program.
   *
   * @param python of a virtual environment with its packages; empty when there is none
   * @param missing why there is none
   */
  record Peer(String python, String missing) {}

  /**
   * Class paths of programs among the tests of other modules.
   *
   * @param inference with the files that must never be loaded
   * @param vectors with the benchmark of the indexes
   */
  record Programs(String inference, String vectors) {}

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** A directory for one part of the run. */
  Path home(String part) {
    return home.resolve(part);
  }

  void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  /** For whoever waits. */
  void note(String format, Object... values) {
    System.err.println(String.format(Locale.ROOT, format, values));
  }
}
