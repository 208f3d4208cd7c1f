package dev.starling.devices;

import dev.starling.devices.Issuing.Booked;
import dev.starling.sdk.NodeScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What operators see of commands. Thread-safe; shared by the instances of a node.
 *
 * <p>Counted after the commit, so one whose outcome was lost with the database may be missing.
 */
final class CommandMeters {
  private final MeterRegistry meters;
  private final Timer delay;

  private CommandMeters(MeterRegistry meters) {
    this.meters = meters;
    this.delay =
        Timer.builder("devices.delivery.delay")
            .description("From when a command was decided until it was handed to its device first")
            .register(meters);
  }

  static CommandMeters of(NodeScope node) {
    return node.shared("devices:meters", () -> new CommandMeters(node.meters()));
  }

  void booked(Booked booked) {
    Fate fate = booked.fate();
    if (fate != null) {
      count(fate.state() == CommandState.PENDING ? "issued" : fate.state().text(), 1);
    }
    if (booked.superseded()) {
      count(CommandState.SUPERSEDED.text(), 1);
    }
  }

  /**
   * @param issued when each was that had not been delivered before
   */
  void delivered(List<Instant> issued, Instant now) {
    count(CommandState.DELIVERED.text(), issued.size());
    for (Instant at : issued) {
      Duration took = Duration.between(at, now);
      // Clocks of two nodes differ.
      delay.record(took.isNegative() ? Duration.ZERO : took);
    }
  }

  void acknowledged(AckStatus status) {
    count(status.text(), 1);
  }

  void expired(int commands) {
    count(CommandState.EXPIRED.text(), commands);
  }

  void rejected(int commands) {
    count(CommandState.REJECTED.text(), commands);
  }

  private void count(String event, int times) {
    if (times > 0) {
      meters.counter("devices.commands", "event", event).increment(times);
    }
  }
}
