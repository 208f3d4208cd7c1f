package dev.starling.sdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.contract.service.ServiceCatalog;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node offers to the verticles that run on it, and what instances of one verticle share.
 *
 * <p>Thread-safe. It owns what was made by {@link #shared} and closes it, newest first.
 */
public final class NodeScope implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeScope.class);

  private final String nodeId;
  private final String zone;
  private final Path dataDirectory;
  private final ServiceCatalog catalog;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final ObjectNode settings;
  private final Map<Class<?>, Object> resources = new ConcurrentHashMap<>();
  private final Map<String, Object> shared = new ConcurrentHashMap<>();
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

  /**
   * An object that all instances on this node share, made by the first that asks. It must be
   * thread-safe; if it is {@link AutoCloseable} the node closes it.
   */
  @SuppressWarnings("unchecked") // one name stands for one type, which is its verticle's own affair
  public <T> T shared(String name, Supplier<T> create) {
    return (T)
        shared.computeIfAbsent(
            name,
            key -> {
              T made = create.get();
              if (made instanceof AutoCloseable closeable) {
                owned.add(closeable);
              }
              return made;
            });
  }

  /**
   * Runs something once on this node; everybody who asks gets its outcome, on their own context. A
   * failure is not remembered: who asks next tries again.
   */
  public <T> Future<T> once(String name, Supplier<Future<T>> work) {
    String key = "once:" + name;
    Future<T> outcome = shared(key, work);
    outcome.onFailure(failure -> shared.remove(key, outcome));
    Context context = Vertx.currentContext();
    return context == null ? outcome : Hop.to(context, outcome);
  }

  @Override
  public void close() {
    List<AutoCloseable> newestFirst = new ArrayList<>(owned);
    Collections.reverse(newestFirst);
    for (AutoCloseable closeable : newestFirst) {
      try {
        closeable.close();
      } catch (Exception e) {
        log.warn("{} did not close cleanly", closeable, e);
      }
    }
  }
}
