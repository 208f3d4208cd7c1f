package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is refused before anything is opened. */
final class OutboxCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void redrive_nothingChosen_isRefused() {
    assertThat(run("redrive")).isEqualTo(2);
    assertThat(err.toString()).contains("--all", "--consumer", "--event");
  }

  @Test
  void redrive_twoChosen_isRefused() {
    assertThat(run("redrive", "--all", "--consumer", "points")).isEqualTo(2);
    assertThat(err.toString()).contains("mutually exclusive");
  }

  @Test
  void redrive_eventThatIsNoUuid_isRefused() {
    assertThat(run("redrive", "--event", "17")).isEqualTo(2);
    assertThat(err.toString()).contains("--event");
  }

  @Test
  void deadLetters_limitOutOfBounds_isRefused() {
    assertThat(run("dead-letters", "--limit", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--limit: 0 (expected: 1..10000)");
  }

  private int run(String... arguments) {
    return new CommandLine(new OutboxCommand())
        .setExecutionExceptionHandler(new StartFailure.Printer())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
