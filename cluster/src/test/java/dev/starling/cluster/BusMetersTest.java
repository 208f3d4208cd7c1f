package dev.starling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Address;
import dev.starling.bus.ErrorCode;
import dev.starling.bus.StreamAddress;
import dev.starling.bus.StreamSide;
import dev.starling.bus.Target;
import dev.starling.contract.node.NodeContract;
import dev.starling.contract.operation.StreamMessage;
import dev.starling.contract.ratelimit.RateLimitContract;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted by service, and what is not because its name ends with its node. */
final class BusMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final BusMeters meters = new BusMeters(registry);

  @Test
  void service_ofManyNodes_isCounted() {
    everything(RateLimitContract.SPEND);

    assertThat(registry.getMeters().stream().filter(meter -> "rate-limiter".equals(service(meter))))
        .extracting(meter -> meter.getId().getName())
        .containsExactlyInAnyOrder(
            "bus.calls",
            "bus.call.duration.seconds",
            "bus.call.failures",
            "bus.calls.moved",
            "bus.calls.hedged",
            "bus.requests.received",
            "bus.requests.expired",
            "bus.streams.opened",
            "bus.stream.items",
            "bus.stream.resets");
  }

  @Test
  void service_ofOneNode_registersNothing() {
    List<String> before = names();

    everything(NodeContract.canary("n-1"));
    everything(RateLimitContract.lend("n-1"));

    assertThat(names()).isEqualTo(before);
  }

  private void everything(Address<?, ?> address) {
    meters.callEnded(address, Target.node("n-1"), ErrorCode.UNAVAILABLE, 1);
    meters.callMoved(address);
    meters.callHedged(address);
    meters.requestReceived(address.service());
    meters.requestExpired(address.service());
    StreamAddress<?, ?, ?, ?> stream =
        new StreamAddress<>(
            address.service(),
            "stream.v1",
            address.request(),
            address.reply(),
            StreamMessage.CODEC,
            StreamMessage.CODEC);
    meters.streamOpened(stream, StreamSide.CALLER);
    meters.streamItems(stream, StreamSide.CALLER, 1);
    meters.streamClosed(stream, StreamSide.CALLER, ErrorCode.NODE_LOST);
  }

  private List<String> names() {
    return registry.getMeters().stream().map(meter -> meter.getId().toString()).sorted().toList();
  }

  private static String service(Meter meter) {
    return String.valueOf(meter.getId().getTag("service"));
  }
}
