package dev.starling.bench.inference;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The benchmark of the vectors' indexes, and points that must outlive a node that is killed. */
final class VectorSearch implements Part.Play {
  private static final String BENCHMARK = "dev.starling.vectors.VectorBench";
  private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xmx3g");
  private static final int DIMENSION = 384;
  private static final int SEARCHES_PER_SECOND = 50;
  private static final int STORED_PER_SECOND = 200;
  private static final double LEAST_RECALL = 0.95;
  private static final double MOST_P99_MILLIS = 10;

  private static final Pattern RECALL = Pattern.compile("recall@10\\s+([0-9.]+)");
  private static final Pattern RECALL_AFTER = Pattern.compile("recall@10 after\\s+([0-9.]+)");
  private static final Pattern WHILE_STORING =
      Pattern.compile("searches while storing.* p99 ([0-9.]+) ms.*");
  private static final Pattern FAILED = Pattern.compile("searches .* ([0-9]+) failed.*");

  private final Setting setting;

  VectorSearch(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Optional<String> play() throws IOException, InterruptedException {
    new AcknowledgedPoints(setting).play();
    if (setting.programs().vectors().isEmpty()) {
      return Optional.of("the tests of verticles/vectors, which have the benchmark of indexes");
    }
    setting.print(
        "%nvectors: %,d of %d numbers in one process, %d searches/s, then %d points stored/s too%n",
        setting.vectors(), DIMENSION, SEARCHES_PER_SECOND, STORED_PER_SECOND);
    List<String> said =
        Program.run(
            setting.programs().vectors(),
            JVM,
            BENCHMARK,
            "" + setting.vectors(),
            "" + DIMENSION,
            "" + SEARCHES_PER_SECOND,
            "" + STORED_PER_SECOND,
            "" + setting.rounds() * setting.seconds());
    setting.print("");
    setting.checks().heading();
    setting.checks().atLeast("recall@10", figure(said, RECALL), LEAST_RECALL, "");
    setting
        .checks()
        .atLeast("recall@10 after storing", figure(said, RECALL_AFTER), LEAST_RECALL, "");
    setting
        .checks()
        .atMost("p99 while storing", figure(said, WHILE_STORING), MOST_P99_MILLIS, "ms");
    setting.checks().atMost("failed searches", figure(said, FAILED), 0, "");
    return Optional.empty();
  }

  /**
   * The greatest figure that the pattern finds, which is one that keeps no bound if there is none.
   */
  private static double figure(List<String> lines, Pattern pattern) {
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::matches)
        .mapToDouble(match -> Double.parseDouble(match.group(1)))
        .max()
        .orElse(Double.NaN);
  }
}
