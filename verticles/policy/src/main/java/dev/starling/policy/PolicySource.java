package dev.starling.policy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy that is in force on a node. Thread-safe; reading it is a volatile read.
 *
 * <p>Listeners are called one after the other on the thread that replaces the policy, which may be
 * any; they must not block.
 */
public final class PolicySource {
  private static final Logger log = LoggerFactory.getLogger(PolicySource.class);

  private final List<Consumer<Policies>> listeners = new CopyOnWriteArrayList<>();
  private volatile Policies current;

  public PolicySource(Policies first) {
    this.current = first;
  }

  /** A whole policy; the next call may give another one. */
  public Policies current() {
    return current;
  }

  /**
   * Calls {@code listener} with each policy that comes into force from now on. Whoever needs the
   * current one too asks for it afterwards, so that none is missed.
   *
   * @return stops it
   */
  public Runnable onChange(Consumer<Policies> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Puts another policy into force. */
  public synchronized void replace(Policies next) {
    current = next;
    for (Consumer<Policies> listener : listeners) {
      try {
        listener.accept(next);
      } catch (RuntimeException bug) {
        log.error("A listener did not take policy {}", next.version(), bug);
      }
    }
  }
}
