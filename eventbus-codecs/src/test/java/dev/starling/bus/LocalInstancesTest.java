package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LocalInstancesTest {
  private static final int ELSEWHERE = 99;
  private static final int DRAWS = 3000;

  private final LocalInstances instances = new LocalInstances("n1");

  @Test
  void select_unknownService_isNull() {
    assertThat(instances.select("users", 0, null)).isNull();
  }

  @Test
  void select_callersOwnContext_isPreferredHoweverLoaded() {
    for (int i = 0; i < 4; i++) {
      instances.add("users", i);
    }
    Target own = target("users", 2);
    for (int i = 0; i < 50; i++) {
      own.begin();
    }

    for (int i = 0; i < DRAWS; i++) {
      assertThat(instances.select("users", 2, null)).isSameAs(own);
    }
  }

  @Test
  void select_oneInstance_isThatOne() {
    instances.add("users", 3);

    Target target = target("users", ELSEWHERE);
    assertThat(target.instance()).isEqualTo(3);
    assertThat(target.nodeId()).isEqualTo("n1");
    assertThat(target.isLocal()).isTrue();
  }

  @Test
  void select_twoInstances_takesTheLessLoaded() {
    instances.add("users", 0);
    instances.add("users", 1);
    target("users", 0).begin();

    for (int i = 0; i < DRAWS; i++) {
      assertThat(target("users", ELSEWHERE).instance()).isEqualTo(1);
    }
  }

  @Test
  void select_mostLoadedOfMany_isNeverTaken() {
    for (int i = 0; i < 5; i++) {
      instances.add("users", i);
    }
    target("users", 4).begin();

    Map<Integer, Integer> drawn = draw();

    // Whatever it is compared with has less to do; of the others each is drawn.
    assertThat(drawn).containsOnlyKeys(0, 1, 2, 3);
  }

  @Test
  void select_equalLoad_spreadsOverAll() {
    for (int i = 0; i < 5; i++) {
      instances.add("users", i);
    }

    // 3000 fair draws of 5: 600 each, standard deviation 22; 300 is 13 of them away.
    assertThat(draw().values()).hasSize(5).allMatch(count -> count > 300);
  }

  @Test
  void select_callsHeldOpen_keepsLoadsWithinOneOfEachOther() {
    instances.add("users", 0);
    instances.add("users", 1);
    for (int i = 0; i < 101; i++) {
      target("users", ELSEWHERE).begin();
    }

    assertThat(target("users", 0).inFlight()).isBetween(50, 51);
    assertThat(target("users", 1).inFlight()).isBetween(50, 51);
    assertThat(instances.inFlight()).isEqualTo(101);
  }

  @Test
  void select_thisNodeToBeAvoided_isNull() {
    instances.add("users", 0);

    assertThat(instances.select("users", 0, "n1")).isNull();
    assertThat(instances.select("users", 0, "n2")).isNotNull();
  }

  @Test
  void remove_oneOfTwo_leavesTheOther() {
    instances.add("users", 0);
    instances.add("users", 1);
    instances.add("orders", 0);

    instances.remove("users", 0);

    assertThat(target("users", 0).instance()).isEqualTo(1);
    assertThat(instances.counts()).containsExactly(entry("orders", 1), entry("users", 1));
  }

  @Test
  void remove_lastOne_leavesNoService() {
    instances.add("users", 0);

    instances.remove("users", 0);
    instances.remove("users", 0);
    instances.remove("orders", 0);

    assertThat(instances.select("users", 0, null)).isNull();
    assertThat(instances.counts()).isEmpty();
    assertThat(instances.inFlight()).isZero();
  }

  @Test
  void addAndRemove_fromManyThreads_loseNothing() throws Exception {
    int threads = 4;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      Future<?>[] done = new Future<?>[threads];
      for (int t = 0; t < threads; t++) {
        int first = t * 100;
        done[t] =
            pool.submit(
                () -> {
                  start.await();
                  for (int i = first; i < first + 100; i++) {
                    instances.add("users", i);
                    instances.select("users", ELSEWHERE, null);
                    if (i % 2 == 1) {
                      instances.remove("users", i);
                    }
                  }
                  return null;
                });
      }
      start.countDown();
      for (Future<?> each : done) {
        each.get(10, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(instances.counts()).containsExactly(entry("users", 200));
  }

  @Test
  void target_ofAnotherNode_isNotLocal() {
    Target node = Target.node("n2");

    assertThat(node.isLocal()).isFalse();
    assertThat(node.instance()).isEqualTo(-1);
    assertThat(node.nodeId()).isEqualTo("n2");
    assertThat(node).hasToString("starling.node.n2");
  }

  private Target target(String service, int caller) {
    return Objects.requireNonNull(instances.select(service, caller, null));
  }

  private Map<Integer, Integer> draw() {
    Map<Integer, Integer> drawn = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      drawn.merge(target("users", ELSEWHERE).instance(), 1, Integer::sum);
    }
    return drawn;
  }
}
