package dev.starling.bench.fusion;

import dev.starling.bench.Checks;
import java.util.List;

/**
 * What load came to, and its bounds.
 *
 * @param failedBefore requests of the warming up that were not acknowledged
 * @param audit of everything since the node was started
 * @param duplicates events that the node took for ones that it had; none was sent twice
 * @param decided utterances
 * @param open utterances that were not decided, and commands that were not booked, a minute later
 * @param commands of utterances that were measured
 * @param unseen commands of watched devices that did not come over their stream
 * @param ended streams of commands that were not closed by their client
 */
record LoadFindings(
    Acknowledgements acknowledgements,
    long failedBefore,
    LogAudit audit,
    double duplicates,
    double decided,
    long open,
    List<FusionTables.Command> commands,
    CommandTimes times,
    long unseen,
    int ended,
    Memory before,
    Memory after,
    Load.Peaks peaks,
    Meters meters) {
  private static final double MOST_MILLIS = 150;

  /** The first and the last request of a time are not quite at its ends. */
  private static final double OF_THE_RATE = 0.998;

  /** They say what they want; more than this not understood is another load than was meant. */
  private static final double LEAST_COMMANDS_PERCENT = 95;

  /**
   * What may fill up meanwhile: {@code fusion.timelines-mib} (64) and {@code
   * text-features.cache-bytes} (32 MiB), and as much again for what is between two collections.
   */
  private static final double MOST_HEAP_GROWTH_MIB = 128;

  /** Beside the heap, whose pages are all there from the start. */
  private static final double MOST_RESIDENT_GROWTH_MIB = 64;

  /** As the node counts since it was started. */
  record Meters(
      double asked,
      double none,
      double corrections,
      double postponed,
      double textsMissed,
      double texts,
      double embedded) {}

  void report(Setting setting) {
    double lateness = setting.latenessMillis();
    double perSecond = (double) acknowledgements.events() / setting.seconds();
    setting.print(
        "%nload: %d users with three devices each on one node, %d events/s for %d s, %d together;"
            + " %d users over WebSockets%n%n"
            + "| acknowledged/s | p50, p99 ms | slowest | not acknowledged, by status |"
            + " waiting to be written, most |%n"
            + "|---:|---:|---:|---|---:|%n"
            + "| %.0f | %.1f, %.1f | %.0f | %s | %.0f |",
        setting.users(),
        setting.rate(),
        setting.seconds(),
        setting.batch(),
        setting.sockets(),
        perSecond,
        acknowledgements.millis(50),
        acknowledgements.millis(99),
        acknowledgements.slowestMillis(),
        acknowledgements.others(),
        peaks.waiting());
    Spread decidedAfter =
        Spread.of(commands.stream().mapToDouble(FusionTables.Command::decidedMillis));
    Spread booked = Spread.of(commands.stream().mapToDouble(FusionTables.Command::bookedMillis));
    setting.print(
        "%n| utterances decided | commands | seen by their device | sent to seen, p50, p99 ms |"
            + " slowest | received to decided, p50, p99 ms | to booked | asked, none, corrected |%n"
            + "|---:|---:|---:|---:|---:|---:|---:|---|%n"
            + "| %.0f | %d | %d | %.0f, %.0f | %.0f | %.0f, %.0f | %.0f, %.0f | %.0f, %.0f, %.0f |"
            + "%n%n"
            + "Lateness (%.0f ms) is part of these. Seen: over the streams of commands of %d"
            + " users' devices. Decided and booked: all commands, by the database.%n"
            + "Texts that vectors were asked for: %.0f, of which the model ran for %.0f; vectors that"
            + " were late: %.0f; decisions that were tried again: %.0f.",
        decided,
        commands.size(),
        times.seen(),
        times.millis(50),
        times.millis(99),
        times.slowestMillis(),
        decidedAfter.at(50),
        decidedAfter.at(99),
        booked.at(50),
        booked.at(99),
        meters.asked,
        meters.none,
        meters.corrections,
        lateness,
        setting.watched(),
        meters.texts,
        meters.embedded,
        meters.textsMissed,
        meters.postponed);
    setting.print(
        "%n| | live heap MiB | of it timelines | resident MiB | at most |%n"
            + "|---|---:|---:|---:|---:|%n"
            + "| before | %.0f | %.0f | %.0f | |%n"
            + "| after | %.0f | %.0f | %.0f | %.0f |%n",
        Memory.mib(before.heapBytes()),
        Memory.mib(before.timelineBytes()),
        Memory.mib(before.residentBytes()),
        Memory.mib(after.heapBytes()),
        Memory.mib(after.timelineBytes()),
        Memory.mib(after.residentBytes()),
        Memory.mib(peaks.residentBytes()));
    Checks checks = setting.checks();
    checks.heading();
    checks.atLeast("acknowledged events/s", perSecond, OF_THE_RATE * setting.rate(), "");
    checks.atMost(
        "requests not acknowledged", (double) acknowledgements.failed() + failedBefore, 0, "");
    checks.atMost(
        "sent to seen, p99, above lateness", times.millis(99) - lateness, MOST_MILLIS, "ms");
    checks.atLeast("commands seen by their device", times.seen(), 1, "");
    checks.atMost("commands not seen", unseen, 0, "");
    checks.atMost("streams of commands that ended", ended, 0, "");
    checks.atMost("not decided or not booked", open, 0, "");
    checks.atLeast(
        "utterances that became commands",
        100.0 * commands.size() / Math.max(1, decided),
        LEAST_COMMANDS_PERCENT,
        "%");
    checks.atMost("acknowledged events lost", audit.lost(), 0, "");
    checks.atMost(
        "rows without an acknowledgement", (double) audit.rows() - audit.acknowledged(), 0, "");
    checks.atMost("events of refused requests", audit.unasked(), 0, "");
    checks.atMost("batches in part", audit.torn(), 0, "");
    checks.atMost("duplicates", duplicates, 0, "");
    checks.atMost(
        "growth of the live heap",
        Memory.mib(after.heapBytes() - before.heapBytes()),
        MOST_HEAP_GROWTH_MIB,
        "MiB");
    checks.atMost(
        "growth of the process",
        Memory.mib(after.residentBytes() - before.residentBytes()),
        MOST_RESIDENT_GROWTH_MIB,
        "MiB");
  }
}
