package dev.starling.bench.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code wrk}, with one thread. Used from one thread, in the root of the repository. */
final class Wrk implements Generator {
  private static final Path SCRIPTS = Path.of("scripts/bench-peers/wrk");
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double MICROS_PER_MILLI = 1e3;
  private static final List<String> FAILURES =
      List.of("status_errors", "connect_errors", "read_errors", "write_errors", "timeouts");

  private final String version;

  private Wrk(String version) {
    this.version = version;
  }

  /** The one of this machine; empty when it has none. */
  static Optional<Wrk> find() {
    try {
      Process asked = new ProcessBuilder("wrk", "--version").redirectErrorStream(true).start();
      String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      asked.waitFor();
      return Optional.of(new Wrk(said.split(" \\[")[0]));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public String version() {
    return version + ", 1 thread";
  }

  @Override
  public Load run(Requests requests, int port, int clients, int seconds) {
    try {
      Path result = Files.createTempFile("starling-wrk", ".result");
      try {
        wrk(requests, port, clients, seconds, result);
        return load(Files.readString(result));
      } finally {
        Files.deleteIfExists(result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void wrk(Requests requests, int port, int clients, int seconds, Path result)
      throws IOException {
    ProcessBuilder wrk =
        new ProcessBuilder(
                "wrk",
                "--threads",
                "1",
                "--connections",
                "" + clients,
                "--duration",
                seconds + "s",
                "--timeout",
                "30s",
                "--script",
                SCRIPTS.resolve("replay.lua").toString(),
                "http://127.0.0.1:" + port)
            .redirectErrorStream(true);
    wrk.environment().put("BENCH_WRK", SCRIPTS.toString());
    wrk.environment().put("BENCH_REQUESTS", requests.file().toString());
    wrk.environment().put("BENCH_RESULT", result.toString());
    Process process = wrk.start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("wrk: " + said.strip());
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw interrupted(e);
    }
  }

  private static Load load(String line) {
    Map<String, Double> figures = new HashMap<>();
    for (String pair : line.strip().split(" ")) {
      String[] parts = pair.split("=", 2);
      figures.put(parts[0], Double.valueOf(parts[1]));
    }
    double failed = FAILURES.stream().mapToDouble(name -> figure(figures, name)).sum();
    return new Load(
        (long) (figure(figures, "requests") - figure(figures, "status_errors")),
        figure(figures, "duration_us") / MICROS_PER_SECOND,
        figure(figures, "p50_us") / MICROS_PER_MILLI,
        figure(figures, "p99_us") / MICROS_PER_MILLI,
        (long) failed);
  }

  private static double figure(Map<String, Double> figures, String name) {
    Double figure = figures.get(name);
    if (figure == null) {
      throw new IllegalStateException("wrk: no " + name + " (expected: one of " + figures + ")");
    }
    return figure;
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
  }
}
