package dev.starling.cluster.membership;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this node says of itself: its endpoint and its registrations, with the version that goes to
 * the others.
 *
 * <p>Thread-safe; no method waits for I/O or calls out. Local-only registrations are kept for this
 * node's own look-ups and never enter {@link #state()}.
 */
final class OwnRegistrations {
  /**
   * The most bytes that {@link #state()} may take on the wire. Each change sends the whole state to
   * each member, and a member that froze holds what it was sent in socket buffers until it is
   * excluded; 256 KiB keeps that below the few megabytes that a kernel buffers per socket.
   */
  static final int MAX_STATE_BYTES = 256 * 1024;

  /** What became of a change. */
  enum Outcome {
    /** The state has a new version, which the other members have to be told. */
    SHARED,
    /** Only this node is concerned. */
    LOCAL,
    /** Nothing changed. */
    UNCHANGED,
    /** Refused: the address is longer than {@link Registration#MAX_ADDRESS_BYTES}. */
    ADDRESS_TOO_LONG,
    /** Refused: the state would outgrow {@link #MAX_STATE_BYTES}. */
    FULL
  }

  /** One registration of this node on an address. */
  record Own(long seq, boolean localOnly) {}

  private final Map<String, TreeMap<Long, Boolean>> localOnlyBySeq = new HashMap<>();
  private Optional<Endpoint> endpoint = Optional.empty();
  private long version = 1;
  private int stateBytes;
  private @Nullable NodeState cached;

  synchronized Outcome add(String address, long seq, boolean localOnly) {
    if (!localOnly && MessageWire.utf8(address).length > Registration.MAX_ADDRESS_BYTES) {
      return Outcome.ADDRESS_TOO_LONG;
    }
    TreeMap<Long, Boolean> seqs = localOnlyBySeq.get(address);
    if (seqs != null && seqs.containsKey(seq)) {
      return Outcome.UNCHANGED;
    }
    int size = MessageWire.sizeOf(new Registration(address, seq));
    if (!localOnly && stateBytes + size > MAX_STATE_BYTES) {
      return Outcome.FULL;
    }
    localOnlyBySeq.computeIfAbsent(address, a -> new TreeMap<>()).put(seq, localOnly);
    return changed(localOnly, size);
  }

  synchronized Outcome remove(String address, long seq) {
    TreeMap<Long, Boolean> seqs = localOnlyBySeq.get(address);
    Boolean localOnly = seqs == null ? null : seqs.remove(seq);
    if (seqs == null || localOnly == null) {
      return Outcome.UNCHANGED;
    }
    if (seqs.isEmpty()) {
      localOnlyBySeq.remove(address);
    }
    return changed(localOnly, -MessageWire.sizeOf(new Registration(address, seq)));
  }

  synchronized Outcome endpoint(Endpoint value) {
    if (endpoint.filter(value::equals).isPresent()) {
      return Outcome.UNCHANGED;
    }
    endpoint = Optional.of(value);
    return changed(false, 0);
  }

  synchronized Optional<Endpoint> endpoint() {
    return endpoint;
  }

  synchronized long version() {
    return version;
  }

  /** This node's registrations on an address, local-only ones included, in order of sequence. */
  synchronized List<Own> registrations(String address) {
    TreeMap<Long, Boolean> seqs = localOnlyBySeq.get(address);
    return seqs == null
        ? List.of()
        : seqs.entrySet().stream().map(e -> new Own(e.getKey(), e.getValue())).toList();
  }

  /** What the other members have to hold of this node. */
  synchronized NodeState state() {
    NodeState state = cached;
    if (state == null) {
      state =
          new NodeState(
              version,
              endpoint,
              localOnlyBySeq.entrySet().stream()
                  .flatMap(
                      e ->
                          e.getValue().entrySet().stream()
                              .filter(seq -> !seq.getValue())
                              .map(seq -> new Registration(e.getKey(), seq.getKey()))));
      cached = state;
    }
    return state;
  }

  private Outcome changed(boolean localOnly, int addedBytes) {
    if (localOnly) {
      return Outcome.LOCAL;
    }
    stateBytes += addedBytes;
    version++;
    cached = null;
    return Outcome.SHARED;
  }
}
