package dev.starling.sdk;

import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The services of this node alone. Thread-safe; listeners are called by whoever announces, one
 * change after the other.
 */
public final class LocalCatalog implements ServiceCatalog {
  private final SortedMap<String, ServiceRecord> byName = new TreeMap<>();
  private final List<Consumer<List<ServiceRecord>>> listeners = new CopyOnWriteArrayList<>();

  @Override
  public synchronized void announce(ServiceRecord service) {
    if (!service.equals(byName.put(service.name(), service))) {
      tell();
    }
  }

  @Override
  public synchronized void withdraw(String name) {
    if (byName.remove(name) != null) {
      tell();
    }
  }

  @Override
  public synchronized List<ServiceRecord> services() {
    return List.copyOf(byName.values());
  }

  @Override
  public synchronized void onChange(Consumer<List<ServiceRecord>> listener) {
    listeners.add(listener);
    listener.accept(services());
  }

  /** Under the lock, so that nobody hears of an older state after a newer one. */
  private void tell() {
    List<ServiceRecord> now = services();
    listeners.forEach(listener -> listener.accept(now));
  }
}
