package dev.starling.cluster.loops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts blocked loops and says in the log who blocks them; hands lags on.
 *
 * <p>Thread-safe.
 */
public final class LoopMeters implements LoopListener {
  private static final Logger log = LoggerFactory.getLogger(LoopMeters.class);
  private static final String VERTICLE = "verticle";

  private final MeterRegistry meters;
  private final LagSink lags;

  /** Takes how late loops make themselves, to refuse work while they do. Called on the loops. */
  @FunctionalInterface
  public interface LagSink {
    void lag(long lagNanos, long nowNanos);
  }

  public LoopMeters(MeterRegistry meters, LagSink lags) {
    this.meters = meters;
    this.lags = lags;
  }

  /** Shows how late the loops of a watchdog are. */
  public void bind(LoopWatch watch) {
    Gauge.builder("eventloop.lag", watch, LoopWatch::lagSeconds)
        .description("How late the latest event loop is")
        .baseUnit("seconds")
        .register(meters);
  }

  @Override
  public void lag(long lagNanos, long nowNanos) {
    lags.lag(lagNanos, nowNanos);
  }

  @Override
  public void blocked(String loop, String verticle, StackTraceElement[] stack) {
    Counter.builder("eventloop.blocked")
        .description("Episodes in which an event loop did not turn")
        .tag(VERTICLE, verticle)
        .register(meters)
        .increment();
    if (log.isWarnEnabled()) {
      log.warn("{} does not turn; {} holds it", loop, verticle, new Held(verticle, stack));
    }
  }

  @Override
  public void freed(String loop, String verticle, Duration held) {
    Timer.builder("eventloop.blocked.duration")
        .description("How long event loops did not turn, by episode")
        .tag(VERTICLE, verticle)
        .register(meters)
        .record(held);
    log.warn("{} turns again after {} ms; {} held it", loop, held.toMillis(), verticle);
  }

  /** A stack that logs as one. */
  private static final class Held extends Throwable {
    private static final long serialVersionUID = 1;

    Held(String verticle, StackTraceElement[] stack) {
      super(verticle, null, false, true);
      setStackTrace(stack);
    }
  }
}
