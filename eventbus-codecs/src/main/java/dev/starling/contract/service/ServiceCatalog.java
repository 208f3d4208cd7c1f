package dev.starling.contract.service;

import java.util.List;
import java.util.function.Consumer;

/**
 * The services that live nodes announce, this one included.
 *
 * <p>Threading: may be called from any thread. Listeners are called on a thread of the catalog's;
 * they hand over to their own context.
 */
public interface ServiceCatalog {

  /** Adds a service of this node, or replaces the record of that name. */
  void announce(ServiceRecord service);

  /** Takes a service of this node back. */
  void withdraw(String name);

  /** One record for each service that at least one live node runs, ordered by name. */
  List<ServiceRecord> services();

  /** Calls {@code listener} now and after each change. */
  void onChange(Consumer<List<ServiceRecord>> listener);
}
