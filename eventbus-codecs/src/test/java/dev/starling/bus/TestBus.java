package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryContext;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bus of a node named {@code n1} on a Vert.x that is not clustered, with as many contexts as a
 * test asks for.
 */
final class TestBus {
  static final String NODE = "n1";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  final Vertx vertx;
  final BusNode node;
  final Observed observed;
  private int loops;

  private TestBus(Vertx vertx, BusNode node, Observed observed) {
    this.vertx = vertx;
    this.node = node;
    this.observed = observed;
  }

  static TestBus start(Vertx vertx) {
    return start(vertx, BusOptions.defaults());
  }

  static TestBus start(Vertx vertx, BusOptions options) {
    Observed observed = new Observed();
    return new TestBus(vertx, await(BusNode.start(vertx, NODE, options, observed)), observed);
  }

  /** A verticle on an event loop of its own, with its bus. */
  Loop loop() {
    // A node numbers its contexts in the order in which they join.
    Loop loop = new Loop(node, loops++);
    loop.deploymentId = await(vertx.deployVerticle(loop));
    return loop;
  }

  /** The address of each message that is sent from now on. */
  List<String> sends() {
    List<String> addresses = new CopyOnWriteArrayList<>();
    vertx
        .eventBus()
        .addOutboundInterceptor(
            (DeliveryContext<Object> sent) -> {
              addresses.add(sent.message().address());
              sent.next();
            });
    return addresses;
  }

  /** Whether anything in this JVM listens there. */
  boolean hasConsumer(String address) {
    Promise<Boolean> answer = Promise.promise();
    vertx
        .eventBus()
        .<Frame>sender(address, BusNode.LOCAL)
        .write(new Frame.Event("of no interest", ""))
        .onComplete(sent -> answer.complete(sent.succeeded()));
    return await(answer.future());
  }

  /** A context for calls that nobody should have to wait for. */
  static CallContext patient() {
    return within(Duration.ofSeconds(30));
  }

  static CallContext within(Duration time) {
    return CallContext.expiringAt(
        System.nanoTime() + time.toNanos(), TraceContext.start(new Random(1)));
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("nothing after " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits for a call that must fail. */
  static BusException failureOf(Future<?> call) {
    Throwable cause =
        await(call.<@Nullable Throwable>map(answered -> null).otherwise(failure -> failure));
    assertThat(cause).isInstanceOf(BusException.class);
    return (BusException) cause;
  }

  static Future<Note> echo(Note note, CallContext call) {
    return Future.succeededFuture(note);
  }

  /** Serves notes without ever answering; gives the answers that are owed. */
  static List<Promise<Note>> hold(Loop loop) {
    List<Promise<Note>> held = new CopyOnWriteArrayList<>();
    loop.serve(
        Note.WRITE,
        (note, call) -> {
          Promise<Note> answer = Promise.promise();
          held.add(answer);
          return answer.future();
        });
    return held;
  }

  static void awaitSize(Loop loop, List<?> list, int size) {
    awaitTrue(loop, () -> list.size() >= size);
    assertThat(list).hasSize(size);
  }

  /**
   * Lets the loop turn until something holds; the test's own timeout ends it if that never comes.
   */
  static void awaitTrue(Loop loop, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      loop.run(() -> {});
    }
  }

  static final class Loop extends VerticleBase {
    final int instance;
    private final BusNode node;
    private @Nullable ContextBus bus;
    private String deploymentId = "";

    private Loop(BusNode node, int instance) {
      this.node = node;
      this.instance = instance;
    }

    @Override
    public Future<?> start() {
      bus = node.join(context);
      return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
      return bus().close();
    }

    void undeploy() {
      await(vertx.undeploy(deploymentId));
    }

    ContextBus bus() {
      if (bus == null) {
        throw new IllegalStateException("not started");
      }
      return bus;
    }

    Context context() {
      return context;
    }

    /** Does something on this context; completes as that does. */
    <T> Future<T> on(Supplier<Future<T>> action) {
      Promise<T> done = Promise.promise();
      context.runOnContext(
          now -> {
            Future<T> doing;
            try {
              doing = action.get();
            } catch (RuntimeException | Error thrown) {
              doing = Future.failedFuture(thrown);
            }
            doing.onComplete(done);
          });
      return done.future();
    }

    /** Does something on this context and waits until that is over. */
    void run(Runnable action) {
      await(
          on(
              () -> {
                action.run();
                return Future.succeededFuture();
              }));
    }

    <Q, R> Future<R> call(Address<Q, R> address, Q request, CallContext callContext) {
      return on(() -> bus().call(address, request, callContext));
    }

    <Q, R> Bus.Registration serve(Address<Q, R> address, Bus.Responder<Q, R> responder) {
      return await(on(() -> bus().serve(address, responder)));
    }
  }

  /** What the bus told its observer, in order. */
  static final class Observed implements BusObserver {
    record Ended(Address<?, ?> address, Target target, @Nullable ErrorCode failure) {}

    final List<Ended> ended = new CopyOnWriteArrayList<>();
    final List<Address<?, ?>> hedged = new CopyOnWriteArrayList<>();
    final List<String> dropped = new CopyOnWriteArrayList<>();
    final List<String> expired = new CopyOnWriteArrayList<>();
    final List<String> streams = new CopyOnWriteArrayList<>();

    @Override
    public void callEnded(
        Address<?, ?> address, Target target, @Nullable ErrorCode failure, long elapsedNanos) {
      assertThat(elapsedNanos).isNotNegative();
      ended.add(new Ended(address, target, failure));
    }

    @Override
    public void callHedged(Address<?, ?> address) {
      hedged.add(address);
    }

    @Override
    public void frameDropped(String reason) {
      dropped.add(reason);
    }

    @Override
    public void requestExpired(String service) {
      expired.add(service);
    }

    @Override
    public void streamClosed(
        StreamAddress<?, ?, ?, ?> address, StreamSide side, @Nullable ErrorCode failure) {
      streams.add(side + " " + failure);
    }

    List<@Nullable ErrorCode> failures() {
      return ended.stream().map(Ended::failure).toList();
    }
  }
}
