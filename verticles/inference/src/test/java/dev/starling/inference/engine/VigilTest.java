package dev.starling.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VigilTest {
  private final Cores cores = new Cores(2);
  private final AtomicLong clock = new AtomicLong(-1_000_000_000);
  private long step = 1_000;
  private final Vigil vigil = new Vigil(cores, () -> clock.addAndGet(step));

  @Test
  void begin_whileAnotherIsAwake_isTurnedDown() {
    assertThat(vigil.begin()).isTrue();
    assertThat(vigil.begin()).isFalse();
    vigil.keep(() -> true);
    assertThat(vigil.begin()).isTrue();
  }

  @Test
  void begin_whileAModelRuns_isTurnedDown() {
    cores.acquire(0, 1);
    assertThat(vigil.begin()).isFalse();
    cores.release(1);
    assertThat(vigil.begin()).isTrue();
  }

  @Test
  void begin_onOneCore_isTurnedDown() {
    assertThat(new Vigil(new Cores(1), clock::get).begin()).isFalse();
  }

  @Test
  void keep_somethingComes_endsAtOnce() {
    AtomicInteger looks = new AtomicInteger();
    long before = clock.get();
    begin();
    vigil.keep(() -> looks.incrementAndGet() == 10);
    assertThat(looks).hasValue(10);
    assertThat(clock.get() - before).isLessThan(Vigil.LONGEST_NANOS);
  }

  @Test
  void keep_nothingComes_endsWhenItHasBeenLongEnough() {
    long before = clock.get();
    begin();
    vigil.keep(() -> false);
    assertThat(clock.get() - before).isBetween(Vigil.LONGEST_NANOS, Vigil.LONGEST_NANOS + 2 * step);
    assertThat(vigil.begin()).isTrue();
  }

  @Test
  void keep_aModelRuns_ends() {
    AtomicInteger looks = new AtomicInteger();
    begin();
    vigil.keep(
        () -> {
          if (looks.incrementAndGet() == 3) {
            cores.acquire(0, 1);
          }
          return false;
        });
    assertThat(looks).hasValue(3);
  }

  @Test
  void keep_somebodyElseHadTheCoreForLong_endsAndNoneBeginsForAWhile() {
    AtomicInteger looks = new AtomicInteger();
    begin();
    vigil.keep(
        () -> {
          step = looks.incrementAndGet() == 5 ? 150_000 : 1_000;
          return false;
        });
    assertThat(looks).hasValue(5);
    step = 0;
    assertThat(vigil.begin()).isFalse();
    clock.addAndGet(19_000_000);
    assertThat(vigil.begin()).isFalse();
    clock.addAndGet(1_000_000);
    assertThat(vigil.begin()).isTrue();
  }

  private void begin() {
    assertThat(vigil.begin()).isTrue();
  }
}
