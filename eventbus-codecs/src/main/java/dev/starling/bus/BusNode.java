package dev.starling.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus of one node: the two clustered addresses through which it hears of others, and a {@link
 * Bus} for each context that asks for one.
 *
 * <p>Threading: methods may be called from any thread. Frames from other nodes arrive on one
 * context and are handed on by local sends, so that messages are decoded where they are used.
 */
public final class BusNode {
  static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);
  static final DeliveryOptions CLUSTER = new DeliveryOptions();
  private static final String REQUEST_CODEC = "q";

  /**
   * Nodes of before know no such frame. Under the name of another kind they drop it as one that
   * they cannot read; a name that they do not know would be an error on the connection.
   */
  static final DeliveryOptions CANCEL = new DeliveryOptions().setCodecName(REQUEST_CODEC);

  private static final Logger log = LoggerFactory.getLogger(BusNode.class);

  private final Vertx vertx;
  private final EventBus eventBus;
  private final String nodeId;
  private final BusOptions options;
  private final BusObserver observer;
  private final LocalInstances localInstances;
  private final ClockOffsets clocks = new ClockOffsets();
  private final WireVersions wireVersions;
  private final Cancellable cancellable = new Cancellable();
  private final List<ContextBus> contexts = new CopyOnWriteArrayList<>();
  private final Set<ServedInstance> instances = ConcurrentHashMap.newKeySet();
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();
  private final AtomicInteger nextInstance = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private volatile Router router;

  private BusNode(Vertx vertx, String nodeId, BusOptions options, BusObserver observer) {
    this.vertx = vertx;
    this.eventBus = vertx.eventBus();
    this.nodeId = nodeId;
    this.options = options;
    this.observer = observer;
    this.wireVersions = new WireVersions(options.wireVersion());
    this.localInstances = new LocalInstances(nodeId);
    this.router = localInstances;
  }

  /**
   * Registers this node's codecs and addresses; completes when other nodes can reach it.
   *
   * <p>A Vert.x instance can host one node in its life: the codecs stay, since what is still being
   * answered when the node closes needs them.
   *
   * @param nodeId unique in the cluster and never used again
   */
  public static Future<BusNode> start(
      Vertx vertx, String nodeId, BusOptions options, BusObserver observer) {
    BusNode node = new BusNode(vertx, nodeId, options, observer);
    try {
      return node.register().map(node);
    } catch (IllegalStateException e) {
      return Future.failedFuture(e);
    }
  }

  public String nodeId() {
    return nodeId;
  }

  public LocalInstances localInstances() {
    return localInstances;
  }

  /** Replaces the router; until then calls stay on this node. */
  public void routeWith(Router newRouter) {
    this.router = newRouter;
  }

  /**
   * A bus for {@code context}. Call it on that context; the bus lives until {@link
   * ContextBus#close}.
   */
  public ContextBus join(Context context) {
    ContextBus bus = new ContextBus(this, context, nextInstance.getAndIncrement());
    contexts.add(bus);
    return bus;
  }

  /** Requests that instances on this node have begun and not answered, whoever sent them. */
  public int answering() {
    return instances.stream().mapToInt(ServedInstance::answering).sum();
  }

  /** Takes in when a node says that it sent something that has arrived just now. */
  public void observeClock(String otherNodeId, long sentAtMicros) {
    if (isOn(Safeguard.FRAME_AGE)) {
      clocks.observe(otherNodeId, sentAtMicros, System.nanoTime() / 1_000);
    }
  }

  /** The versions of frames, for whoever knows what others read. */
  public WireVersions wireVersions() {
    return wireVersions;
  }

  public boolean isOn(Safeguard safeguard) {
    return !options.safeguardsOff().contains(safeguard);
  }

  /** Sends calls elsewhere that wait for a node that may not answer, as far as that is harmless. */
  public void nodeSuspected(String suspect) {
    for (ContextBus bus : contexts) {
      bus.nodeSuspected(suspect);
    }
  }

  /** Ends of streams that this node has. */
  public int streams() {
    return streams.get();
  }

  /** Ends or moves every call that is in flight to a node that is gone, and ends its streams. */
  public void nodeLost(String lostNodeId) {
    clocks.forget(lostNodeId);
    for (ContextBus bus : contexts) {
      bus.nodeLost(lostNodeId);
    }
  }

  /** Takes the clustered addresses back; the buses of contexts are closed by their owners. */
  public Future<Void> close() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  Vertx vertx() {
    return vertx;
  }

  EventBus eventBus() {
    return eventBus;
  }

  BusOptions options() {
    return options;
  }

  BusObserver observer() {
    return observer;
  }

  Router router() {
    return router;
  }

  void left(ContextBus bus) {
    contexts.remove(bus);
  }

  void listed(ServedInstance instance) {
    instances.add(instance);
  }

  void unlisted(ServedInstance instance) {
    instances.remove(instance);
  }

  private Future<Void> register() {
    FrameFormat format = new FrameFormat(System::nanoTime, clocks, wireVersions);
    eventBus.registerDefaultCodec(Frame.Request.class, new FrameCodec<>(REQUEST_CODEC, format));
    eventBus.registerDefaultCodec(Frame.Reply.class, new FrameCodec<>("r", format));
    eventBus.registerDefaultCodec(Frame.Event.class, new FrameCodec<>("e", format));
    eventBus.registerDefaultCodec(StreamFrame.Data.class, new FrameCodec<>("d", format));
    eventBus.registerDefaultCodec(StreamFrame.Grant.class, new FrameCodec<>("g", format));
    eventBus.registerDefaultCodec(StreamFrame.End.class, new FrameCodec<>("n", format));
    eventBus.registerDefaultCodec(StreamFrame.Reset.class, new FrameCodec<>("x", format));
    Promise<Void> registered = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            start -> {
              consumers.add(eventBus.consumer(BusAddresses.node(nodeId), this::received));
              consumers.add(eventBus.consumer(BusAddresses.EVENTS, this::received));
              Future.all(consumers.stream().map(MessageConsumer::completion).toList())
                  .<Void>mapEmpty()
                  .onComplete(registered);
            });
    return registered.future();
  }

  private void received(Message<Object> message) {
    Object frame = message.body();
    if (frame instanceof Frame.Request request) {
      dispatch(request);
    } else if (frame instanceof Frame.Reply reply) {
      eventBus.send(BusAddresses.inbox(reply.callerInstance()), reply, LOCAL);
    } else if (frame instanceof Frame.Event event) {
      eventBus.publish(BusAddresses.topic(event.topic()), event, LOCAL);
    } else if (frame instanceof StreamFrame stream) {
      eventBus
          .<Frame>sender(BusAddresses.inbox(stream.to().instance()), LOCAL)
          .write(stream)
          .onFailure(leftMeanwhile -> refuseStream(stream));
    } else if (frame instanceof Frame.Cancel cancel) {
      cancellable.cancel(cancel);
    } else if (frame instanceof Frame.Malformed malformed) {
      drop(malformed.reason());
    } else {
      // A peer may name any codec that Vert.x knows.
      drop("body: not sent by a bus (expected: a frame)");
    }
  }

  private void drop(String reason) {
    log.debug("Dropped a frame: {}", reason);
    observer.frameDropped(reason);
  }

  private void dispatch(Frame.Request request) {
    // Here and not where it is served: what gives it up comes in behind it, on this context.
    cancellable.began(request);
    Target target = localInstances.select(request.service(), -1, null);
    if (target == null) {
      refuse(request);
    } else {
      eventBus
          .<Frame>sender(target.address(), LOCAL)
          .write(request)
          .onFailure(leftMeanwhile -> refuse(request));
    }
  }

  /** The caller must not sit out its deadline for a service that this node does not have. */
  private void refuse(Frame.Request request) {
    reply(
        request,
        new Frame.Reply(
            request.callerInstance(),
            request.correlation(),
            new BusException(
                ErrorCode.UNAVAILABLE, request.service() + " does not run on " + nodeId),
            null));
  }

  /** Sends a reply to whoever made the request, on this node or another. */
  void reply(Frame.Request request, Frame.Reply reply) {
    if (request.callerNode().equals(nodeId)) {
      eventBus.send(BusAddresses.inbox(request.callerInstance()), reply, LOCAL);
    } else {
      cancellable.ended(request);
      eventBus.send(BusAddresses.node(request.callerNode()), reply);
    }
  }

  /** Tells a node that this one does not wait for a request any more. */
  void cancel(Target target, Frame.Cancel cancel) {
    eventBus.<Frame>sender(target.address(), CANCEL).write(cancel);
  }

  /** Requests of other nodes that may be given up and are not answered. */
  int cancellable() {
    return cancellable.count();
  }

  /** Tells the sender of a frame that there is no such stream here, or no longer. */
  void refuseStream(StreamFrame frame) {
    if (frame instanceof StreamFrame.Reset) {
      return;
    }
    StreamEnd sender = frame.from();
    BusException reason = new BusException(ErrorCode.CANCELLED, nodeId + " has no such stream");
    boolean local = sender.node().equals(nodeId);
    eventBus.send(
        local ? BusAddresses.inbox(sender.instance()) : BusAddresses.node(sender.node()),
        new StreamFrame.Reset(frame.to(), sender, reason),
        local ? LOCAL : CLUSTER);
  }

  /** Makes room for one more end of a stream; false when there is none. */
  boolean takeStream() {
    if (streams.incrementAndGet() <= options.streams().max()) {
      return true;
    }
    streams.decrementAndGet();
    return false;
  }

  void releaseStream() {
    streams.decrementAndGet();
  }

  static @Nullable String tooLarge(int bytes, int limit) {
    return bytes <= limit
        ? null
        : "message: " + bytes + " bytes (expected: <= " + limit + " bytes)";
  }
}
