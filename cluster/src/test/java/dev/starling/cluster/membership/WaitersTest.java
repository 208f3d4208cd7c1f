package dev.starling.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitersTest {
  private final Waiters waiters = new Waiters();
  private final List<String> done = new ArrayList<>();

  @Test
  void release_runsWhoseConditionHolds_once() {
    waiters.add(() -> true, 10, () -> done.add("ready"));
    waiters.add(() -> false, 10, () -> done.add("waiting"));

    waiters.release();
    waiters.release();

    assertThat(done).containsExactly("ready");
  }

  @Test
  void expire_atTheDeadline_runsTheAction() {
    waiters.add(() -> false, 10, () -> done.add("late"));

    waiters.expire(9);
    assertThat(done).isEmpty();

    waiters.expire(10);
    assertThat(done).containsExactly("late");
  }

  @Test
  void expire_acrossTheOverflowOfTheClock_isRight() {
    waiters.add(() -> false, Long.MIN_VALUE + 5, () -> done.add("late"));

    waiters.expire(Long.MAX_VALUE);
    assertThat(done).isEmpty();

    waiters.expire(Long.MIN_VALUE + 5);
    assertThat(done).containsExactly("late");
  }

  @Test
  void action_thatAddsAnother_isAllowed() {
    waiters.add(() -> true, 10, () -> waiters.add(() -> true, 10, () -> done.add("second")));

    waiters.release();
    waiters.releaseAll();

    assertThat(done).containsExactly("second");
  }
}
