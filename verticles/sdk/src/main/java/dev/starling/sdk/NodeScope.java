package dev.starling.sdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node offers to the verticles that run on it, and what instances of one verticle share.
 *
 * <p>Thread-safe. It owns what was made by {@link #shared} and closes it, newest first.
 */
public final class NodeScope implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeScope.class);
  private static final String RECORD = "service-record:";

  private final String nodeId;
  private final String zone;
  private final Path dataDirectory;
  private final ServiceCatalog catalog;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final ObjectNode settings;
  private final Map<Class<?>, Object> resources = new ConcurrentHashMap<>();
  private final Map<String, Shared<?>> shared = new ConcurrentHashMap<>();
  private final Map<String, Integer> instances = new HashMap<>();
  private final List<AutoCloseable> owned = Collections.synchronizedList(new ArrayList<>());

  /**
   * @param settings the node's configuration, one section for each verticle
   * @param clock the wall clock, for what is stored or shown; deadlines use {@link
   *     System#nanoTime()}
   */
  public NodeScope(
      String nodeId,
      String zone,
      Path dataDirectory,
      ServiceCatalog catalog,
      MeterRegistry meters,
      InstantSource clock,
      ObjectNode settings) {
    this.nodeId = nodeId;
    this.zone = zone;
    this.dataDirectory = dataDirectory;
    this.catalog = catalog;
    this.meters = meters;
    this.clock = clock;
    this.settings = settings;
  }

  public String nodeId() {
    return nodeId;
  }

  public String zone() {
    return zone;
  }

  public Path dataDirectory() {
    return dataDirectory;
  }

  public ServiceCatalog catalog() {
    return catalog;
  }

  public MeterRegistry meters() {
    return meters;
  }

  public InstantSource clock() {
    return clock;
  }

  /**
   * A section of the configuration laid over its defaults.
   *
   * @throws ConfigException naming the key that is wrong
   */
  public <T extends Record> T config(String section, T defaults) {
    return Settings.bind(settings.path(section), defaults, section);
  }

  /** Makes something available to verticles, e.g. the database. Called before they are deployed. */
  public <T> NodeScope provide(Class<T> type, T resource) {
    resources.put(type, resource);
    return this;
  }

  /**
   * What was provided under this type.
   *
   * @throws IllegalStateException when the node has no such thing
   */
  public <T> T resource(Class<T> type) {
    Object resource = resources.get(type);
    if (resource == null) {
      throw new IllegalStateException("this node has no " + type.getSimpleName());
    }
    return type.cast(resource);
  }

  /** What was provided under this type, if it was. */
  public <T> Optional<T> find(Class<T> type) {
    return Optional.ofNullable(resources.get(type)).map(type::cast);
  }

  /**
   * An object that all instances on this node share, made by the first that asks. It must be
   * thread-safe; if it is {@link AutoCloseable} the node closes it. Making one may ask for another.
   */
  @SuppressWarnings("unchecked") // one name stands for one type, which is its verticle's own affair
  public <T> T shared(String name, Supplier<T> create) {
    return ((Shared<T>) shared.computeIfAbsent(name, key -> new Shared<>())).get(create, owned);
  }

  /**
   * Runs something once on this node; everybody who asks gets its outcome, on their own context. A
   * failure is not remembered: who asks next tries again.
   */
  public <T> Future<T> once(String name, Supplier<Future<T>> work) {
    String key = "once:" + name;
    Shared<?> holder = shared.computeIfAbsent(key, absent -> new Shared<>());
    @SuppressWarnings("unchecked") // as above
    Future<T> outcome = ((Shared<Future<T>>) holder).get(() -> begin(work), owned);
    outcome.onFailure(failure -> shared.remove(key, holder));
    Context context = Vertx.currentContext();
    return context == null ? outcome : Hop.to(context, outcome);
  }

  /** Counts an instance that serves now; the service is announced. */
  void began(ServiceRecord service) {
    // The catalog is told under the lock: an instance that begins while the last one ends must not
    // have its announcement overtaken.
    synchronized (instances) {
      instances.merge(service.name(), 1, Integer::sum);
      catalog.announce(service);
    }
  }

  /** Counts an instance that stops; the service is withdrawn with its last one. */
  void ended(String service) {
    synchronized (instances) {
      if (instances.merge(service, -1, Integer::sum) <= 0) {
        instances.remove(service);
        catalog.withdraw(service);
        // What comes next under this name may be another version.
        shared.remove(recordKey(service));
      }
    }
  }

  /** The record of a service, made once while instances of it run. */
  Future<ServiceRecord> record(String service, Supplier<Future<ServiceRecord>> describe) {
    return once(RECORD + service, describe);
  }

  private static String recordKey(String service) {
    return "once:" + RECORD + service;
  }

  private static <T> Future<T> begin(Supplier<Future<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public void close() {
    List<AutoCloseable> newestFirst;
    synchronized (owned) {
      newestFirst = new ArrayList<>(owned);
      owned.clear();
    }
    Collections.reverse(newestFirst);
    for (AutoCloseable closeable : newestFirst) {
      try {
        closeable.close();
      } catch (Exception e) {
        log.warn("{} did not close cleanly", closeable, e);
      }
    }
  }

  /**
   * One shared object, made under a lock of its own so that making it may ask for others. Making
   * that failed is tried again.
   */
  private static final class Shared<T> {
    private @Nullable T made;

    synchronized T get(Supplier<T> create, List<AutoCloseable> owned) {
      T value = made;
      if (value == null) {
        value = create.get();
        made = value;
        if (value instanceof AutoCloseable closeable) {
          owned.add(closeable);
        }
      }
      return value;
    }
  }
}
