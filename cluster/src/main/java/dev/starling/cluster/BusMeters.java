package dev.starling.cluster;

import dev.starling.bus.Address;
import dev.starling.bus.BusObserver;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.StreamAddress;
import dev.starling.bus.StreamSide;
import dev.starling.bus.Target;
import dev.starling.contract.node.NodeContract;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens on the bus, except at addresses of one node: one name for each node that ever
 * was would grow without end.
 *
 * <p>Thread-safe. The hot path adds to a few striped counters, which the registry reads when it is
 * scraped; a timer per call would cost more than the call's own send.
 */
final class BusMeters implements BusObserver {
  private record Calls(LongAdder count, LongAdder nanos) {}

  private final MeterRegistry meters;
  private final Map<Address<?, ?>, Calls> local = new ConcurrentHashMap<>();
  private final Map<Address<?, ?>, Calls> remote = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> received = new ConcurrentHashMap<>();
  private final Counter dropped;

  BusMeters(MeterRegistry meters) {
    this.meters = meters;
    this.dropped =
        Counter.builder("bus.frames.dropped")
            .description("Frames that could not be read")
            .register(meters);
  }

  @Override
  public void callEnded(
      Address<?, ?> address, Target target, @Nullable ErrorCode failure, long elapsedNanos) {
    if (NodeContract.isOfOneNode(address.service())) {
      return;
    }
    boolean here = target.isLocal();
    Calls calls = (here ? local : remote).computeIfAbsent(address, key -> register(key, here));
    calls.count.increment();
    calls.nanos.add(elapsedNanos);
    if (failure != null) {
      meters
          .counter("bus.call.failures", tags(address, here).and("error.type", lower(failure)))
          .increment();
    }
  }

  @Override
  public void callMoved(Address<?, ?> address) {
    count("bus.calls.moved", address.service());
  }

  @Override
  public void callHedged(Address<?, ?> address) {
    count("bus.calls.hedged", address.service());
  }

  @Override
  public void requestReceived(String service) {
    if (!NodeContract.isOfOneNode(service)) {
      received.computeIfAbsent(service, this::registerReceived).increment();
    }
  }

  @Override
  public void frameDropped(String reason) {
    dropped.increment();
  }

  @Override
  public void requestExpired(String service) {
    count("bus.requests.expired", service);
  }

  @Override
  public void streamOpened(StreamAddress<?, ?, ?, ?> address, StreamSide side) {
    if (!NodeContract.isOfOneNode(address.service())) {
      meters.counter("bus.streams.opened", tags(address, side)).increment();
    }
  }

  @Override
  public void streamItems(StreamAddress<?, ?, ?, ?> address, StreamSide side, long items) {
    if (!NodeContract.isOfOneNode(address.service())) {
      meters.counter("bus.stream.items", tags(address, side)).increment(items);
    }
  }

  @Override
  public void streamClosed(
      StreamAddress<?, ?, ?, ?> address, StreamSide side, @Nullable ErrorCode failure) {
    if (failure != null && !NodeContract.isOfOneNode(address.service())) {
      meters
          .counter("bus.stream.resets", tags(address, side).and("error.type", lower(failure)))
          .increment();
    }
  }

  private void count(String name, String service) {
    if (!NodeContract.isOfOneNode(service)) {
      meters.counter(name, "service", service).increment();
    }
  }

  private Calls register(Address<?, ?> address, boolean here) {
    Calls calls = new Calls(new LongAdder(), new LongAdder());
    Tags tags = tags(address, here);
    FunctionCounter.builder("bus.calls", calls.count, LongAdder::sum)
        .tags(tags)
        .description("Calls that ended")
        .register(meters);
    FunctionCounter.builder("bus.call.duration.seconds", calls.nanos, sum -> sum.sum() / 1e9)
        .tags(tags)
        .description("Time that ended calls took, in all")
        .register(meters);
    return calls;
  }

  private LongAdder registerReceived(String service) {
    LongAdder count = new LongAdder();
    FunctionCounter.builder("bus.requests.received", count, LongAdder::sum)
        .tags("service", service)
        .description("Requests that came from other nodes and were begun")
        .register(meters);
    return count;
  }

  private static Tags tags(Address<?, ?> address, boolean here) {
    return Tags.of(
        "service", address.service(),
        "operation", address.operation(),
        "hop", here ? "local" : "remote");
  }

  private static Tags tags(StreamAddress<?, ?, ?, ?> address, StreamSide side) {
    return Tags.of(
        "service", address.service(),
        "operation", address.operation(),
        "side", side.name().toLowerCase(Locale.ROOT));
  }

  private static String lower(ErrorCode code) {
    return code.name().toLowerCase(Locale.ROOT);
  }
}
