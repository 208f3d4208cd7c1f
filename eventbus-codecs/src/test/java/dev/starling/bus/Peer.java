package dev.starling.bus;

import static dev.starling.bus.TestBus.await;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The other end of the wire: listens as another node does, and speaks in frames that went through
 * their bytes.
 */
final class Peer {
  private final Vertx vertx;
  private final FrameFormat format;
  private final MessageConsumer<Frame> consumer;
  private final Map<Integer, Promise<Frame>> received = new HashMap<>();
  private int arrived;
  private int asked;

  Peer(Vertx vertx, String nodeId) {
    this(vertx, nodeId, WireVersions.OLDEST);
  }

  /**
   * @param version that it writes
   */
  Peer(Vertx vertx, String nodeId, int version) {
    this.vertx = vertx;
    WireVersions versions = new WireVersions(WireVersions.NEWEST);
    versions.agree(List.of(version));
    this.format = new FrameFormat(System::nanoTime, new ClockOffsets(), versions);
    this.consumer =
        vertx
            .eventBus()
            .consumer(BusAddresses.node(nodeId), message -> arrived(overTheWire(message.body())));
    await(consumer.completion());
  }

  /** The request that arrived as number {@code index}. */
  Frame.Request request(int index) {
    return (Frame.Request) await(frame(index).future());
  }

  /** What arrived as number {@code index}. */
  Frame frameAt(int index) {
    return await(frame(index).future());
  }

  /** Sends a request and waits for its reply; only for peers that receive nothing else. */
  Frame.Reply ask(Frame.Request request) {
    send(request);
    return (Frame.Reply) await(frame(asked++).future());
  }

  void answer(Frame.Request request, EncodedPayload payload) {
    send(new Frame.Reply(request.callerInstance(), request.correlation(), null, payload));
  }

  void send(Frame frame) {
    vertx
        .eventBus()
        .send(
            BusAddresses.node(TestBus.NODE),
            overTheWire(frame),
            frame instanceof Frame.Cancel ? BusNode.CANCEL : BusNode.CLUSTER);
  }

  synchronized int count() {
    return arrived;
  }

  /** The node is gone, and so is its address. */
  void leave() {
    await(consumer.unregister());
  }

  private Frame overTheWire(Frame frame) {
    return format.fromBytes(format.toBytes(frame));
  }

  private synchronized void arrived(Frame frame) {
    frame(arrived++).complete(frame);
  }

  private synchronized Promise<Frame> frame(int index) {
    return received.computeIfAbsent(index, absent -> Promise.promise());
  }
}
