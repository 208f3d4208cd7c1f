package dev.starling.policy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The policy that is in force on a node. Thread-safe; reading it is a volatile read.
 *
 * <p>Listeners are called one after the other on the thread that replaces the policy, which may be
 * any; they must neither block nor throw.
 */
public final class PolicySource {
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
   * Calls {@code listener} with each policy that comes into force from now on.
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
    listeners.forEach(listener -> listener.accept(next));
  }
}
