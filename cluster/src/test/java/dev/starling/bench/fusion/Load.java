package dev.starling.bench.fusion;

import dev.starling.bench.Bed;
import dev.starling.load.LabNode;
import dev.starling.load.OpenLoop;
import dev.starling.load.Pause;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One node, and users whose devices send what they see and do, all the time; a part of it is
 * something that a user says, and becomes a command.
 */
final class Load implements Part.Play {
  private static final String PART = "load";
  private static final int SETTLE_SECONDS = 60;
  private static final int SAMPLE_MILLIS = 2_000;

  /** A stream that nobody told of a command looks for it by then. */
  private static final int LAST_LOOK_MILLIS = 3_000;

  private final Setting setting;

  Load(Setting setting) {
    this.setting = setting;
  }

  @Override
  public void play() throws SQLException {
    try (Bed bed = setting.start(PART, 1, setting.latenessMillis());
        FusionTables tables = new FusionTables(setting.home(PART).resolve("data"))) {
      LabNode node = bed.nodes().get(0);
      node.await(
          "serving its embedding model", () -> node.metric("inference_models_ready", "") >= 1);
      setting.note("%s: %d users sign up, each with three devices", PART, setting.users());
      List<Household> households = Households.create(node, setting.users());
      CommandTimes times = new CommandTimes(setting.watched());
      try (CommandStreams streams =
              CommandStreams.open(node, households.subList(0, setting.watched()), times);
          OpenLoop<EventCalls> load =
              EventCalls.to(
                  node,
                  households,
                  Batches.at(setting.users(), setting.batch(), setting.rate()),
                  setting.connections(),
                  setting.sockets(),
                  times)) {
        load.prepare(EventCalls::open);
        LoadFindings found = measure(node, tables, load, times, streams);
        found.report(setting);
      }
    }
  }

  private LoadFindings measure(
      LabNode node,
      FusionTables tables,
      OpenLoop<EventCalls> load,
      CommandTimes times,
      CommandStreams streams)
      throws SQLException {
    double calls = (double) setting.rate() / setting.batch();
    setting.note("%s: warming up", PART);
    if (setting.warmUpSeconds() > 0) {
      load.paced(calls, TimeUnit.SECONDS.toMillis(setting.warmUpSeconds()));
      settle(tables);
    }
    Acknowledgements before = load.ask(EventCalls::take);
    Memory memoryBefore = Memory.of(node);
    double decidedBefore = node.metric("fusion_decisions_total", "");
    times.begin();
    Instant began = Instant.now();
    setting.note("%s: measuring for %d s", PART, setting.seconds());
    Peaks peaks = run(node, load, calls);
    Acknowledgements during = load.ask(EventCalls::take);
    long open = settle(tables);
    Pause.millis(LAST_LOOK_MILLIS);
    Memory memoryAfter = Memory.of(node);
    List<FusionTables.Command> commands = tables.commands(began);
    return new LoadFindings(
        during,
        before.failed(),
        LogAudit.of(
            tables,
            load.ask(EventCalls::acknowledged),
            load.ask(EventCalls::unknown),
            load.ask(EventCalls::single),
            setting.batch()),
        node.metric("fusion_events_total", "outcome=\"duplicate\""),
        node.metric("fusion_decisions_total", "") - decidedBefore,
        open,
        commands,
        times,
        commands.stream().filter(command -> times.isWaiting(command.utterance().id())).count(),
        streams.ended(),
        memoryBefore,
        memoryAfter,
        peaks,
        new LoadFindings.Meters(
            node.metric("fusion_decisions_total", "status=\"asked\""),
            node.metric("fusion_decisions_total", "status=\"none\""),
            node.metric("fusion_corrections_total", ""),
            node.metric("fusion_decisions_postponed_total", ""),
            node.metric("fusion_texts_missed_total", ""),
            node.metric("text_features_texts_total", ""),
            node.metric("text_features_model_seconds_count", "")));
  }

  /**
   * The most that was seen while it ran.
   *
   * @param waiting events that waited to be written
   */
  record Peaks(double residentBytes, double waiting) {}

  private Peaks run(LabNode node, OpenLoop<EventCalls> load, double calls) {
    long start = load.start(calls);
    long end = start + TimeUnit.SECONDS.toNanos(setting.seconds());
    double resident = 0;
    double waiting = 0;
    while (System.nanoTime() - end < 0) {
      resident = Math.max(resident, Memory.residentBytes(node));
      waiting = Math.max(waiting, node.metric("fusion_events_waiting", ""));
      Pause.until(Math.min(end, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SAMPLE_MILLIS)));
    }
    load.stop();
    return new Peaks(resident, waiting);
  }

  /** Waits until all is decided and booked; returns what is not, after a while. */
  private static long settle(FusionTables tables) throws SQLException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    while (true) {
      long open = tables.undecided() + tables.unbooked();
      if (open == 0 || System.nanoTime() - end > 0) {
        return open;
      }
      Pause.millis(200);
    }
  }
}
