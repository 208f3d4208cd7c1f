package dev.starling.bench.fusion;

import dev.starling.load.LabNode;
import dev.starling.load.LeanClient;
import dev.starling.load.OpenLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;

/**
 * Sends batches of events to one node, each at its moment: over connections that all devices share,
 * as behind a proxy, or over a device's own WebSocket. Confined to its {@link OpenLoop}.
 */
final class EventCalls implements OpenLoop.Calls {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_WAITING = 50_000;
  private static final int UNKNOWN = 504;

  private final List<Household> households;
  private final Batches batches;
  private final LabNode node;
  private final LeanClient client;
  private final EventSockets sockets;
  private final Dues dues;
  private final BitSet acknowledged = new BitSet();
  private final BitSet unknown = new BitSet();
  private final BitSet single = new BitSet();
  private Acknowledgements taken = new Acknowledgements();
  private long next;

  /** Hears when an utterance was to be sent. */
  interface Dues {
    void due(int user, String utterance, long nanos);
  }

  private EventCalls(
      Vertx vertx,
      LabNode node,
      List<Household> households,
      Batches batches,
      int connections,
      EventSockets sockets,
      Dues dues) {
    this.households = households;
    this.batches = batches;
    this.node = node;
    this.client = new LeanClient(vertx, node.host(), node.httpPort(), connections, MAX_WAITING);
    this.sockets = sockets;
    this.dues = dues;
  }

  /**
   * @param socketUsers users, from the first, whose devices have WebSockets
   */
  static OpenLoop<EventCalls> to(
      LabNode node,
      List<Household> households,
      Batches batches,
      int connections,
      int socketUsers,
      Dues dues) {
    return new OpenLoop<>(
        vertx ->
            new EventCalls(
                vertx,
                node,
                households,
                batches,
                connections,
                new EventSockets(vertx, node, households.subList(0, socketUsers)),
                dues));
  }

  /** Opens the WebSockets. */
  Future<?> open() {
    return sockets.open();
  }

  /** What became of the requests that were due since this was asked the last time. */
  Acknowledgements take() {
    Acknowledgements past = taken;
    taken = new Acknowledgements();
    return past;
  }

  /** The batches of which all is acknowledged. */
  BitSet acknowledged() {
    return (BitSet) acknowledged.clone();
  }

  /** The batches without an answer, or with one that says that nobody knows. */
  BitSet unknown() {
    return (BitSet) unknown.clone();
  }

  /** The batches whose events were sent each by itself. */
  BitSet single() {
    return (BitSet) single.clone();
  }

  @Override
  public Future<?> next(long dueNanos) {
    long batch = next++;
    int user = batches.user(batch);
    Instant now = Instant.now();
    Instant due = now.minusNanos(Math.max(0, System.nanoTime() - dueNanos));
    String utterance = batches.utterance(batch);
    if (!utterance.isEmpty()) {
      dues.due(user, utterance, dueNanos);
    }
    Acknowledgements into = taken;
    into.offer();
    return send(user, batch, due, now, dueNanos)
        .onSuccess(
            status -> {
              into.end(status, batches.size(), System.nanoTime() - dueNanos);
              if (status == Acknowledgements.ACCEPTED) {
                acknowledged.set((int) batch);
              } else if (status == 0 || status == UNKNOWN || sockets.has(user)) {
                // Over a socket each event is taken by itself.
                unknown.set((int) batch);
              }
            });
  }

  private Future<Integer> send(int user, long batch, Instant due, Instant now, long dueNanos) {
    if (sockets.has(user)) {
      single.set((int) batch);
      return sockets.send(user, batches.each(batch, due, now));
    }
    Promise<Integer> ended = Promise.promise();
    client.call(
        post(households.get(user), batches.list(batch, due, now)),
        dueNanos + PATIENCE.toNanos(),
        ended::complete);
    return ended.future();
  }

  private Buffer post(Household household, String body) {
    // ASCII, so a character is a byte.
    return Buffer.buffer(
        "POST "
            + Request.EVENTS
            + " HTTP/1.1\r\nhost: "
            + node.host()
            + "\r\nauthorization: Bearer "
            + household.user().token()
            + "\r\ncontent-type: "
            + Request.BATCH
            + "\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  @Override
  public void close() {
    client.close();
    sockets.close();
  }
}
