package dev.starling.cluster.routing;

import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The services of all live nodes. Thread-safe.
 *
 * <p>Records are kept by their hash, so a record that many nodes announce is fetched once. While
 * nodes of two versions run, the record of the newer version is in use.
 */
final class ClusterCatalog implements ServiceCatalog {
  private static final Comparator<ServiceRecord> NEWER =
      Comparator.comparing(ServiceRecord::version).thenComparing(ClusterCatalog::hash);

  private final SortedMap<String, ServiceRecord> own = new TreeMap<>();
  private final Map<Long, ServiceRecord> byHash = new HashMap<>();
  private final List<Consumer<List<ServiceRecord>>> listeners = new CopyOnWriteArrayList<>();
  private List<Long> announced = List.of();
  private List<ServiceRecord> current = List.of();

  @Override
  public void announce(ServiceRecord service) {
    synchronized (this) {
      own.put(service.name(), service);
    }
    refresh();
  }

  @Override
  public void withdraw(String name) {
    synchronized (this) {
      own.remove(name);
    }
    refresh();
  }

  @Override
  public synchronized List<ServiceRecord> services() {
    return current;
  }

  @Override
  public void onChange(Consumer<List<ServiceRecord>> listener) {
    listeners.add(listener);
    listener.accept(services());
  }

  /** This node's own record of a service; its hash goes into the heartbeat. */
  synchronized List<ServiceRecord> own(Collection<String> names) {
    return names.stream().filter(own::containsKey).map(own::get).toList();
  }

  /** The hashes of this node's own records, by name; zero for a service without a record. */
  synchronized long ownHash(String name) {
    ServiceRecord service = own.get(name);
    return service == null ? 0 : hash(service);
  }

  /** Adds a record that a peer sent. */
  void learned(ServiceRecord service) {
    synchronized (this) {
      byHash.put(hash(service), service);
    }
    refresh();
  }

  /**
   * Takes over what live peers announce now.
   *
   * @return the names behind hashes that are not known, by the node to ask
   */
  Map<String, List<String>> peersAnnounce(Collection<Peer> peers) {
    Map<String, List<String>> unknown = new HashMap<>();
    synchronized (this) {
      SortedSet<Long> hashes = new TreeSet<>();
      SortedSet<Long> asked = new TreeSet<>();
      for (Peer peer : peers) {
        for (Heartbeat.Service service : peer.beat().services()) {
          if (service.recordHash() == 0) {
            continue;
          }
          hashes.add(service.recordHash());
          if (!byHash.containsKey(service.recordHash()) && asked.add(service.recordHash())) {
            unknown
                .computeIfAbsent(peer.beat().nodeId(), node -> new ArrayList<>())
                .add(service.name());
          }
        }
      }
      announced = List.copyOf(hashes);
      byHash.keySet().retainAll(hashes);
    }
    refresh();
    return unknown;
  }

  private void refresh() {
    List<ServiceRecord> now;
    synchronized (this) {
      SortedMap<String, ServiceRecord> merged = new TreeMap<>(own);
      for (long hash : announced) {
        ServiceRecord service = byHash.get(hash);
        if (service != null) {
          merged.merge(service.name(), service, (a, b) -> NEWER.compare(a, b) >= 0 ? a : b);
        }
      }
      now = List.copyOf(merged.values());
      if (now.equals(current)) {
        return;
      }
      current = now;
    }
    listeners.forEach(listener -> listener.accept(now));
  }

  static long hash(ServiceRecord service) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(ServiceRecord.CODEC.toBytes(service));
      long hash = ByteBuffer.wrap(digest).getLong();
      // Zero says in a heartbeat that there is no record.
      return hash == 0 ? 1 : hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
