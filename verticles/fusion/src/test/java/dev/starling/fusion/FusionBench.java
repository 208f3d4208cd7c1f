package dev.starling.fusion;

import static dev.starling.testkit.TestNode.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.starling.bus.CallContext;
import dev.starling.bus.Principal;
import dev.starling.contract.fusion.FusionContract;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationContract;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.fusion.core.EventTimeResolver;
import dev.starling.fusion.core.Resolver;
import dev.starling.sdk.Json;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures one node: events of many users at a steady rate, each a call of its own or several
 * together, 90 % behaviour, 8 % images by reference, 2 % utterances; in one process with a real
 * PostgreSQL, without the edge. Vectors of texts cost nothing here.
 *
 * <p>Arguments: events a second (5000), users (1000), events of a call (1), seconds (20), the core
 * ({@code real} or {@code small}), statements at a time of each of two instances (the default).
 * Calls are begun when they are due, whatever became of those before, and their time counts from
 * then.
 */
final class FusionBench {
  private static final long LATENESS_MILLIS = 500;
  private static final String[] SAID = {
    "set the photo i just took as wallpaper",
    "show the last picture on the tv",
    "what a lovely day",
    "make this my wallpaper please"
  };

  private final FusionNodes nodes;
  private final Random random = new Random(7);
  private final List<UUID> users = new ArrayList<>();
  private final Map<String, Long> saidNanos = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Long> acked = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> decided = new ConcurrentLinkedQueue<>();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private long next;

  private FusionBench(FusionNodes nodes, int users) {
    this.nodes = nodes;
    for (int i = 0; i < users; i++) {
      this.users.add(UUID.randomUUID());
    }
  }

  /** Prints what it measured. */
  public static void main(String[] args) {
    double rate = args.length > 0 ? Double.parseDouble(args[0]) : 5_000;
    int users = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
    int together = args.length > 2 ? Integer.parseInt(args[2]) : 1;
    int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 20;
    boolean real = args.length <= 4 || args[4].equals("real");
    Resolver resolver = real ? EventTimeResolver.create() : new NewestImage();
    try (FusionNodes nodes = new FusionNodes(FusionBench.class, resolver, InstantSource.system())) {
      ObjectNode settings = Json.MAPPER.createObjectNode();
      settings
          .putObject("fusion")
          .put("lateness", LATENESS_MILLIS + "ms")
          .put(
              "max-batches",
              args.length > 5 ? Integer.parseInt(args[5]) : FusionConfig.defaults().maxBatches());
      FusionNodes.Node node = nodes.start(settings, true, 2);
      new FusionBench(nodes, users).run(node, rate, together, seconds);
    }
  }

  private void run(FusionNodes.Node node, double rate, int together, int seconds) {
    await(
        nodes
            .base()
            .onCaller(
                bus ->
                    bus.subscribe(
                        FusionContract.DECIDED,
                        told -> {
                          Long said = saidNanos.remove(told.id());
                          if (said != null) {
                            decided.add(System.nanoTime() - said);
                          }
                        })));
    send(rate / 4, together, 5);
    acked.clear();
    decided.clear();
    accepted.set(0);
    long begun = System.nanoTime();
    send(rate, together, seconds);
    double took = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "%.0f events/s asked for, %d a call: %.0f/s acknowledged, %d calls failed%n",
        rate, together, accepted.get() / took, failed.get());
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
    print("acknowledged after", acked, 0);
    print("decided after the bound by", decided, LATENESS_MILLIS);
    System.out.printf(
        "undecided: %d, core p99 and others: %s%n",
        saidNanos.size(), node.meters.get("fusion.decision.work").timer().takeSnapshot());
  }

  private void send(double rate, int together, int seconds) {
    long begun = System.nanoTime();
    long calls = (long) (rate / together * seconds);
    List<Future<?>> open = new ArrayList<>();
    for (long call = 0; call < calls; call++) {
      long due = begun + (long) (call * together / rate * 1e9);
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(Math.min(1_000_000, due - System.nanoTime()));
      }
      open.add(call(due, together));
      if (open.size() > 20_000) {
        open.removeIf(Future::isComplete);
      }
    }
    open.forEach(each -> await(each.otherwiseEmpty()));
  }

  private Future<?> call(long dueNanos, int together) {
    UUID user = users.get(random.nextInt(users.size()));
    StringBuilder body = new StringBuilder("[");
    for (int i = 0; i < together; i++) {
      body.append(i == 0 ? "" : ",").append(event(dueNanos));
    }
    OperationRequest request =
        new OperationRequest(
            "fusion.events",
            List.of(),
            "",
            List.of(new Header("content-type", "application/cloudevents-batch+json")),
            "192.0.2.1",
            body.append(']').toString().getBytes(UTF_8));
    CallContext context =
        nodes.base().anonymous().withPrincipal(new Principal(user.toString(), Set.of()));
    return nodes
        .base()
        .onCaller(bus -> bus.call(OperationContract.operate("fusion"), request, context))
        .onComplete(
            (reply, failure) -> {
              if (reply instanceof Done) {
                accepted.addAndGet(together);
                acked.add(System.nanoTime() - dueNanos);
              } else {
                failed.incrementAndGet();
              }
            });
  }

  private String event(long dueNanos) {
    String id = "e-" + next++;
    Instant now = Instant.now();
    double kind = random.nextDouble();
    if (kind < 0.02) {
      saidNanos.put(id, dueNanos);
      return nodes.said(id, now, SAID[random.nextInt(SAID.length)]);
    }
    return kind < 0.1 ? nodes.image(id, now) : nodes.done(id, now, "device_touched");
  }

  private static void print(String what, ConcurrentLinkedQueue<Long> nanos, long lessMillis) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    if (sorted.length == 0) {
      System.out.println(what + ": nothing");
      return;
    }
    System.out.printf(
        "%s: p50 %.1f ms, p99 %.1f ms, max %.1f ms of %d%n",
        what,
        millis(sorted, 0.5) - lessMillis,
        millis(sorted, 0.99) - lessMillis,
        Arrays.stream(sorted).max().orElse(0) / 1e6 - lessMillis,
        sorted.length);
  }

  private static double millis(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
  }
}
