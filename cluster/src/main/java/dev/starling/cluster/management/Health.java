package dev.starling.cluster.management;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The checks that decide whether the node should get traffic. Thread-safe.
 *
 * <p>A check fails its future with a message that says what is wrong; {@link #LIMIT} is how long it
 * may take.
 */
public final class Health {
  static final Duration LIMIT = Duration.ofSeconds(1);

  /**
   * What a check may give when all is well, for those who ask for details.
   *
   * @param text one line
   */
  public record Note(String text) {}

  /**
   * How one check ended.
   *
   * @param problem empty when all is well
   * @param note may be empty
   */
  public record Result(String check, String problem, String note) {
    public boolean isOk() {
      return problem.isEmpty();
    }
  }

  private final Map<String, Supplier<? extends Future<?>>> checks = new ConcurrentSkipListMap<>();

  private final List<Supplier<String>> notes = new CopyOnWriteArrayList<>();

  public Health add(String name, Supplier<? extends Future<?>> check) {
    checks.put(name, check);
    return this;
  }

  /**
   * Adds something that operators should know, but that is no reason to send traffic elsewhere.
   *
   * @param note empty when there is nothing to say
   */
  public Health note(Supplier<String> note) {
    notes.add(note);
    return this;
  }

  List<String> notes() {
    return notes.stream().map(Supplier::get).filter(note -> !note.isEmpty()).toList();
  }

  /** The results of all checks, ordered by name. */
  Future<List<Result>> run() {
    List<Future<Result>> results = new ArrayList<>();
    checks.forEach(
        (name, check) ->
            results.add(
                check
                    .get()
                    .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .map(ok -> new Result(name, "", ok instanceof Note note ? note.text() : ""))
                    .otherwise(failure -> new Result(name, "" + failure.getMessage(), ""))));
    return Future.all(results).map(all -> all.<Result>list());
  }
}
