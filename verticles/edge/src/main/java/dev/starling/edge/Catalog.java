package dev.starling.edge;

import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.sdk.NodeScope;
import io.vertx.core.Vertx;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the edges of this node offer now: the services that are alive, and the route table made of
 * them.
 *
 * <p>Thread-safe. A change of the service catalog makes a new table on a worker thread and swaps it
 * in whole; a request sees one table from its beginning to its end.
 */
final class Catalog {
  private static final Logger log = LoggerFactory.getLogger(Catalog.class);

  /**
   * @param version grows with each change
   * @param openApi the description of all operations; not to be written to
   * @param openApiTag its entity tag
   */
  record Snapshot(
      long version,
      List<ServiceRecord> services,
      RouteTable table,
      byte[] openApi,
      String openApiTag) {}

  private final Vertx vertx;
  private final AtomicBoolean rebuilding = new AtomicBoolean();
  private volatile List<ServiceRecord> latest;
  private volatile Snapshot snapshot;

  private Catalog(Vertx vertx, List<ServiceRecord> services) {
    this.vertx = vertx;
    this.latest = services;
    this.snapshot = make(1, services, List.of());
  }

  /** The catalog of this node, made by the first of its edges. */
  static Catalog of(NodeScope node, Vertx vertx) {
    return node.shared(
        "edge:catalog",
        () -> {
          ServiceCatalog services = node.catalog();
          Catalog catalog = new Catalog(vertx, services.services());
          services.onChange(catalog::changed);
          return catalog;
        });
  }

  Snapshot now() {
    return snapshot;
  }

  private void changed(List<ServiceRecord> services) {
    latest = services;
    if (!services.equals(snapshot.services()) && rebuilding.compareAndSet(false, true)) {
      try {
        vertx.executeBlocking(this::rebuild, false);
      } catch (RejectedExecutionException stopping) {
        log.debug("The node is stopping and needs no new routes: {}", stopping.getMessage());
      }
    }
  }

  private Snapshot rebuild() {
    // The flag falls before the list is read: a change that comes later starts another run.
    rebuilding.set(false);
    synchronized (this) {
      List<ServiceRecord> services = latest;
      if (!services.equals(snapshot.services())) {
        snapshot = make(snapshot.version() + 1, services, snapshot.table().conflicts());
      }
      return snapshot;
    }
  }

  private static Snapshot make(
      long version, List<ServiceRecord> services, List<String> knownConflicts) {
    RouteTable table = RouteTable.of(services);
    table.conflicts().stream()
        .filter(conflict -> !knownConflicts.contains(conflict))
        .forEach(conflict -> log.warn("Not routed: {}", conflict));
    log.debug("Route table {} has {} operations", version, table.routes().size());
    byte[] openApi = OpenApiDocument.write(services, table);
    return new Snapshot(version, services, table, openApi, '"' + sha256(openApi) + '"');
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
