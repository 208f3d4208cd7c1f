package dev.starling.cluster.routing;

import dev.starling.contract.node.Heartbeat;
import dev.starling.contract.service.ServiceCatalog;
import dev.starling.contract.service.ServiceRecord;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The services of all live nodes. Thread-safe; listeners are called one change after the other.
 *
 * <p>Records are kept by their hash, so a record that many nodes announce is fetched once. While
 * nodes of two versions run, the record of the newer version is in use. When the last node of a
 * service is lost, its record is remembered for {@link #MEMORY}: its routes are then unavailable,
 * which clients retry, and not unknown.
 */
final class ClusterCatalog implements ServiceCatalog {
  private static final Comparator<ServiceRecord> NEWER =
      Comparator.comparing(ServiceRecord::version).thenComparing(ClusterCatalog::hash);

  private static final Duration MEMORY = Duration.ofMinutes(5);

  private final LongSupplier nanoTime;
  private final SortedMap<String, ServiceRecord> own = new TreeMap<>();
  private final Map<String, Long> ownHashes = new HashMap<>();
  private final Map<Long, ServiceRecord> byHash = new HashMap<>();
  private final List<Consumer<List<ServiceRecord>>> listeners = new ArrayList<>();
  private final Set<Long> live = new HashSet<>();
  private final Map<Long, Long> lastLiveNanos = new HashMap<>();
  private List<ServiceRecord> current = List.of();

  ClusterCatalog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized void announce(ServiceRecord service) {
    own.put(service.name(), service);
    ownHashes.put(service.name(), hash(service));
    refresh();
  }

  @Override
  public synchronized void withdraw(String name) {
    own.remove(name);
    ownHashes.remove(name);
    refresh();
  }

  @Override
  public synchronized List<ServiceRecord> services() {
    return current;
  }

  @Override
  public synchronized void onChange(Consumer<List<ServiceRecord>> listener) {
    listeners.add(listener);
    listener.accept(current);
  }

  /** This node's own record of a service; its hash goes into the heartbeat. */
  synchronized List<ServiceRecord> own(Collection<String> names) {
    return names.stream().filter(own::containsKey).map(own::get).toList();
  }

  /** The hash of this node's own record of a service; zero for a service without a record. */
  synchronized long ownHash(String name) {
    return ownHashes.getOrDefault(name, 0L);
  }

  /** Adds a record that a peer sent. */
  synchronized void learned(ServiceRecord service) {
    byHash.put(hash(service), service);
    refresh();
  }

  /**
   * Takes over what live peers announce now.
   *
   * @return the names behind hashes that are not known, by the node to ask
   */
  synchronized Map<String, List<String>> peersAnnounce(Collection<Peer> peers) {
    Map<String, List<String>> unknown = new HashMap<>();
    long now = nanoTime.getAsLong();
    // What was live until now is remembered from now on.
    live.forEach(hash -> lastLiveNanos.put(hash, now));
    live.clear();
    for (Peer peer : peers) {
      for (Heartbeat.Service service : peer.beat().services()) {
        boolean isNew = service.recordHash() != 0 && live.add(service.recordHash());
        if (isNew && !byHash.containsKey(service.recordHash())) {
          unknown
              .computeIfAbsent(peer.beat().nodeId(), node -> new ArrayList<>())
              .add(service.name());
        }
      }
    }
    lastLiveNanos.values().removeIf(last -> now - last > MEMORY.toNanos());
    byHash.keySet().removeIf(hash -> !live.contains(hash) && !lastLiveNanos.containsKey(hash));
    refresh();
    return unknown;
  }

  /** Tells under the lock, so that nobody hears of an older state after a newer one. */
  private void refresh() {
    SortedMap<String, ServiceRecord> merged = new TreeMap<>(own);
    merge(merged, live);
    SortedMap<String, ServiceRecord> remembered = new TreeMap<>();
    merge(remembered, lastLiveNanos.keySet());
    remembered.forEach(merged::putIfAbsent);
    List<ServiceRecord> now = List.copyOf(merged.values());
    if (!now.equals(current)) {
      current = now;
      listeners.forEach(listener -> listener.accept(now));
    }
  }

  private void merge(SortedMap<String, ServiceRecord> into, Collection<Long> hashes) {
    for (long hash : hashes) {
      ServiceRecord service = byHash.get(hash);
      if (service != null) {
        into.merge(service.name(), service, (a, b) -> NEWER.compare(a, b) >= 0 ? a : b);
      }
    }
  }

  static long hash(ServiceRecord service) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(service.identity());
      long hash = ByteBuffer.wrap(digest).getLong();
      // Zero says in a heartbeat that there is no record.
      return hash == 0 ? 1 : hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
