package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallContextTest {
  private static final TraceContext TRACE = TraceContext.start(new Random(1));
  private static final CallContext CALL = CallContext.expiringAt(1_000, TRACE);

  @Test
  void expiringAt_onlyTheDeadline_hasTheStatedDefaults() {
    assertThat(CALL)
        .isEqualTo(new CallContext(1_000, TRACE, Principal.ANONYMOUS, Priority.NORMAL, true));
  }

  @Test
  void isExpired_atTheDeadline_isTrue() {
    assertThat(CALL.isExpired(999)).isFalse();
    assertThat(CALL.isExpired(1_000)).isTrue();
    assertThat(CALL.isExpired(1_001)).isTrue();
  }

  @Test
  void remaining_pastTheDeadline_isZeroAsADurationOnly() {
    assertThat(CALL.remaining(400)).isEqualTo(Duration.ofNanos(600));
    assertThat(CALL.remaining(1_400)).isEqualTo(Duration.ZERO);
    assertThat(CALL.remainingNanos(1_400)).isEqualTo(-400);
  }

  @Test
  void remaining_clockAboutToWrap_isStillTheDifference() {
    // System.nanoTime() may be any number, so only differences mean something.
    long now = Long.MAX_VALUE - 10;
    CallContext call = CALL.withDeadline(now + 100);

    assertThat(call.deadlineNanos()).isNegative();
    assertThat(call.isExpired(now)).isFalse();
    assertThat(call.remainingNanos(now)).isEqualTo(100);
    assertThat(call.isExpired(now + 100)).isTrue();
  }

  @Test
  void with_oneThing_changesNothingElse() {
    Principal zoe = new Principal("zoe", Set.of("users:read"));

    assertThat(CALL.withPrincipal(zoe))
        .isEqualTo(new CallContext(1_000, TRACE, zoe, Priority.NORMAL, true));
    assertThat(CALL.withPriority(Priority.CRITICAL))
        .isEqualTo(new CallContext(1_000, TRACE, Principal.ANONYMOUS, Priority.CRITICAL, true));
    assertThat(CALL.withSafeToRetry(false))
        .isEqualTo(new CallContext(1_000, TRACE, Principal.ANONYMOUS, Priority.NORMAL, false));
    assertThat(CALL.withDeadline(5))
        .isEqualTo(new CallContext(5, TRACE, Principal.ANONYMOUS, Priority.NORMAL, true));
  }
}
