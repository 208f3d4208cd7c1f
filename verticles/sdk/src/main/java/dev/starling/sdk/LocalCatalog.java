package dev.starling.sdk;

import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The services of this node alone. Thread-safe; listeners are called by whoever announces. */
public final class LocalCatalog implements ServiceCatalog {
  private final SortedMap<String, ServiceRecord> byName = new TreeMap<>();
  private final List<Consumer<List<ServiceRecord>>> listeners = new CopyOnWriteArrayList<>();

  @Override
  public void announce(ServiceRecord service) {
    synchronized (byName) {
      if (service.equals(byName.put(service.name(), service))) {
        return;
      }
    }
    tell();
  }

  @Override
  public void withdraw(String name) {
    synchronized (byName) {
      if (byName.remove(name) == null) {
        return;
      }
    }
    tell();
  }

  @Override
  public List<ServiceRecord> services() {
    synchronized (byName) {
      return List.copyOf(byName.values());
    }
  }

  @Override
  public void onChange(Consumer<List<ServiceRecord>> listener) {
    listeners.add(listener);
    listener.accept(services());
  }

  private void tell() {
    List<ServiceRecord> now = services();
    listeners.forEach(listener -> listener.accept(now));
  }
}
