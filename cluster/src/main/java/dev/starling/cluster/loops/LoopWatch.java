package dev.starling.cluster.loops;

import io.vertx.core.Deployable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The watchdog of a node's event loops.
 *
 * <p>Threading: thread-safe. Its thread looks every 10 ms and does nothing else; it ends with
 * {@link #close}. It takes a stack only of a loop that has just been found blocked.
 */
public final class LoopWatch implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(10);

  /** A look that comes so much later than the one before means that the process stood still. */
  private static final long STOOD_STILL_NANOS = Duration.ofMillis(40).toNanos();

  private final List<LoopPulse> pulses = new CopyOnWriteArrayList<>();
  private final Culprits culprits;
  private final LoopListener listener;
  private final LongSupplier nanoTime;
  private final LongSupplier computedNanos;
  private final Thread thread = new Thread(this::run, "starling-loop-watch");
  private volatile boolean closed;
  private long lookedNanos;

  /**
   * @param computedNanos the processor time of the thread that asks
   */
  LoopWatch(
      Culprits culprits, LoopListener listener, LongSupplier nanoTime, LongSupplier computedNanos) {
    this.culprits = culprits;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.computedNanos = computedNanos;
    this.lookedNanos = nanoTime.getAsLong();
    thread.setDaemon(true);
  }

  /** Starts a watchdog; {@link #probe} shows it the loops. */
  public static LoopWatch start(Culprits culprits, LoopListener listener) {
    LoopWatch watch = new LoopWatch(culprits, listener, System::nanoTime, processorTime());
    watch.thread.start();
    return watch;
  }

  /** What is to be deployed on each event loop, with as many instances as there are loops. */
  public Deployable probe() {
    return new LoopProbe(this);
  }

  /** How late the latest of the loops is. */
  public double lagSeconds() {
    long now = nanoTime.getAsLong();
    long latest = 0;
    for (LoopPulse pulse : pulses) {
      latest = Math.max(latest, pulse.lagNanos(now));
    }
    return latest / 1e9;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  /** The current thread is a loop. */
  LoopPulse add(Thread loop) {
    LoopPulse pulse = new LoopPulse(loop, nanoTime.getAsLong(), computedNanos.getAsLong());
    pulses.add(pulse);
    return pulse;
  }

  void remove(LoopPulse pulse) {
    pulses.remove(pulse);
  }

  void beat(LoopPulse pulse, long dueNanos) {
    long now = nanoTime.getAsLong();
    listener.lag(pulse.beat(dueNanos, now, computedNanos.getAsLong()), now);
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** Looks at all loops once; by the watchdog's thread, or a test's in its place. */
  void look() {
    long now = nanoTime.getAsLong();
    boolean stoodStill = now - lookedNanos > STOOD_STILL_NANOS;
    lookedNanos = now;
    for (LoopPulse pulse : pulses) {
      if (stoodStill) {
        pulse.state().excuse(now);
      }
      long beat = pulse.beatNanos();
      switch (pulse.state().look(beat, now)) {
        case BLOCKED -> blame(pulse);
        case FREED -> {
          if (!pulse.holder().equals(Culprits.NOBODY)) {
            listener.freed(pulse.loop().getName(), pulse.holder(), pulse.state().held(beat));
          }
        }
        case TURNING, STILL_BLOCKED -> {
          // nothing new
        }
      }
    }
  }

  /** Where the system does not tell, threads pass for always having a processor. */
  private static LongSupplier processorTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
        ? threads::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  private void blame(LoopPulse pulse) {
    StackTraceElement[] stack = pulse.loop().getStackTrace();
    if (Culprits.waitsForWork(stack)) {
      // Its timer is late because the thread gets no processor.
      pulse.heldBy(Culprits.NOBODY);
      return;
    }
    pulse.heldBy(culprits.find(stack));
    listener.blocked(pulse.loop().getName(), pulse.holder(), stack);
  }

  private void run() {
    while (!closed) {
      look();
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }
}
