package dev.starling.sdk;

import dev.starling.bus.Address;
import dev.starling.bus.Bus;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.StreamAddress;
import dev.starling.bus.Topic;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.OperationRecord.Interaction;
import dev.starling.contract.service.ServiceRecord;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A service: extend it, declare operations, and every edge of the cluster serves them.
 *
 * <p>Threading: one object is one instance; everything it does happens on its own context, so its
 * fields need no lock. Several instances may run on a node and share a context with other services
 * (see {@link Pod}).
 *
 * <p>Life: {@link #open} prepares, {@link #declare} says what is offered, then calls arrive; {@link
 * #shut} releases what {@code open} took. A third-party verticle has a public constructor without
 * arguments and is found by {@link java.util.ServiceLoader}.
 */
public abstract class ServiceVerticle extends VerticleBase {
  private final List<Bus.Registration> registrations = new ArrayList<>();
  private final Set<String> served = new HashSet<>();
  private @Nullable NodeScope node;
  private @Nullable Bus bus;
  private boolean announced;

  /** The service's name: unless overridden the class name without "Verticle", in kebab-case. */
  public String name() {
    return getClass()
        .getSimpleName()
        .replaceAll("Verticle$", "")
        .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }

  /** The version of what the service offers, shown to operators. */
  public String version() {
    return "1.0.0";
  }

  /** How many instances a node runs unless its configuration says otherwise. */
  public Instances defaultInstances() {
    return Instances.PER_LOOP;
  }

  /**
   * The sections of the configuration that this service reads, each with its defaults. They are
   * what {@code config print} shows and what unknown keys are checked against.
   */
  public Map<String, Record> settings() {
    return Map.of();
  }

  /** What the node must provide before this service can start, e.g. its database. */
  public Set<Class<?>> needs() {
    return Set.of();
  }

  /** Services with a lower rank start first; the one that lets clients in starts last. */
  public int startRank() {
    return 0;
  }

  /** Declares what the edge offers; a service that only others call declares nothing. */
  protected void declare(Operations on) {}

  /**
   * The operations that it declares, without their documentation. Needs no node, so an instance
   * that is never deployed can be asked.
   */
  public final List<OperationRecord> offers() {
    Operations operations = new Operations(name());
    declare(operations);
    return operations.declared().stream().map(operation -> operation.toRecord("")).toList();
  }

  /** Takes what the service needs; it is announced when the future completes. */
  protected Future<?> open() throws Exception {
    return Future.succeededFuture();
  }

  /**
   * Releases what {@link #open} took, which may be a part of it when it failed; no call arrives any
   * more.
   */
  protected Future<?> shut() throws Exception {
    return Future.succeededFuture();
  }

  /** The node that this instance runs on. */
  protected final NodeScope node() {
    return attached(node);
  }

  /**
   * A section of the node's configuration; the defaults when no node deploys this instance, which
   * is then only asked for what it {@link #offers}. For {@link #declare}.
   */
  protected final <T extends Record> T configured(String section, T defaults) {
    NodeScope known = node;
    return known == null ? defaults : known.config(section, defaults);
  }

  /** The bus of this instance's context. */
  protected final Bus bus() {
    return attached(bus);
  }

  /** Serves an address of a typed contract until the instance stops. Call it in {@link #open}. */
  protected final <Q, R> Future<Void> serve(Address<Q, R> address, Bus.Responder<Q, R> responder) {
    served.add(address.service());
    return bus().serve(address, responder).onSuccess(registrations::add).mapEmpty();
  }

  /**
   * Serves an address of a service that comes and goes while the instance runs, e.g. of a model
   * that is loaded and unloaded. Other nodes find the service from their next heartbeat on.
   *
   * <p>Closing the registration ends it: no new calls come, those that are under way are still
   * answered. What is left of it ends with the instance. Call it on the instance's context.
   */
  protected final <Q, R> Future<Bus.Registration> offer(
      Address<Q, R> address, Bus.Responder<Q, R> responder) {
    served.add(address.service());
    return bus().serve(address, responder).map(this::passing);
  }

  /** Likewise for a stream contract of such a service. */
  protected final <Q, A, I, O> Future<Bus.Registration> offer(
      StreamAddress<Q, A, I, O> address, Bus.StreamResponder<Q, A, I, O> responder) {
    return bus().serve(address, responder).map(this::passing);
  }

  /** What ends before the instance does, or with it. */
  private Bus.Registration passing(Bus.Registration registration) {
    registrations.add(registration);
    return () -> {
      registrations.remove(registration);
      return registration.close();
    };
  }

  /** Serves a stream contract until the instance stops. Call it in {@link #open}. */
  protected final <Q, A, I, O> Future<Void> serve(
      StreamAddress<Q, A, I, O> address, Bus.StreamResponder<Q, A, I, O> responder) {
    return bus().serve(address, responder).onSuccess(registrations::add).mapEmpty();
  }

  /** Receives a topic's events until the instance stops. Call it in {@link #open}. */
  protected final <E> Future<Void> subscribe(Topic<E> topic, Consumer<E> subscriber) {
    return bus().subscribe(topic, subscriber).onSuccess(registrations::add).mapEmpty();
  }

  protected static <T> Future<Reply<T>> reply(T body) {
    return Future.succeededFuture(Reply.ok(body));
  }

  /** Answers a raw operation. */
  protected static Future<Reply<byte[]>> replyBytes(String contentType, byte[] body) {
    return Future.succeededFuture(Reply.bytes(contentType, body));
  }

  /** Opens the stream that is asked for. */
  protected static <T> Future<Reply<Producer<T>>> produce(Producer<T> producer) {
    return reply(producer);
  }

  /** Opens the socket that is asked for. */
  protected static <I, O> Future<Reply<Conversation<I, O>>> converse(
      Conversation<I, O> conversation) {
    return reply(conversation);
  }

  protected static <T> Future<Reply<T>> refuse(OperationReply.Refusal refusal, String detail) {
    return Future.succeededFuture(Reply.refused(refusal, detail));
  }

  @Override
  public final Future<?> start() throws Exception {
    Operations operations = new Operations(name());
    declare(operations);
    List<Operation> declared = operations.declared();
    OperationRunner runner =
        new OperationRunner(declared, node().shared("sdk:large-bodies", PieceBudget::ofHeap));
    return Hop.to(context, open())
        .compose(opened -> describe(declared))
        .compose(
            description ->
                serveStreams(declared, runner)
                    // Also without operations: an instance that serves is one that peers can see.
                    .compose(streams -> serve(OperationContract.operate(name()), runner::run))
                    .onSuccess(
                        served -> {
                          announced = true;
                          node().began(description);
                        }));
  }

  @Override
  public final Future<?> stop() throws Exception {
    // New work stops first, in the reverse of the order in which it could start.
    if (announced) {
      announced = false;
      node().ended(name());
    }
    Collections.reverse(registrations);
    Future<?> closed = Future.join(registrations.stream().map(Bus.Registration::close).toList());
    return Hop.to(context, closed)
        .transform(
            done -> {
              try {
                return shut();
              } catch (Exception e) {
                return Future.failedFuture(e);
              }
            });
  }

  /** Called by {@link Pod} before the instance is deployed. */
  final void attach(NodeScope newNode, Bus newBus) {
    this.node = newNode;
    this.bus = newBus;
  }

  /** The services whose addresses this instance has served. */
  final Set<String> served() {
    return served;
  }

  private Future<Void> serveStreams(List<Operation> declared, OperationRunner runner) {
    return declared.stream().anyMatch(operation -> operation.interaction() != Interaction.CALL)
        ? serve(OperationContract.stream(name()), runner::open)
        : Future.succeededFuture();
  }

  private Future<ServiceRecord> describe(List<Operation> declared) {
    // All instances of a node announce the same; deriving schemas by reflection is slow when the
    // JVM is cold, too slow for an event loop.
    return node()
        .record(
            name(),
            () ->
                vertx.executeBlocking(
                    () -> {
                      RecordBinder.warmUp();
                      return OpenApi.describe(name(), version(), declared);
                    },
                    false));
  }

  private <T> T attached(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException(name() + " is not deployed by a node");
    }
    return value;
  }
}
