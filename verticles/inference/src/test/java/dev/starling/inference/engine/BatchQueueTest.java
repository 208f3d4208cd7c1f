package dev.starling.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import dev.starling.inference.engine.BatchQueue.Batch;
import dev.starling.inference.engine.BatchQueue.Empty;
import dev.starling.inference.engine.BatchQueue.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchQueueTest {
  private static final long NEVER = Long.MAX_VALUE / 2;
  private static final long COMPUTE = 10;

  private final BatchQueue<Waiter> queue = new BatchQueue<>(100, 4, 0);

  @Test
  void next_nothingWaits_isEmpty() {
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Empty<>());
  }

  @Test
  void next_withoutDelay_takesALoneEntryAtOnce() {
    Waiter only = waiter();
    offer(queue, 0, only);
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(only)));
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.rows()).isZero();
  }

  @Test
  void next_more_takesThemInTheOrderOfArrivalUpToTheBatch() {
    List<Waiter> six = List.of(waiter(), waiter(), waiter(), waiter(), waiter(), waiter());
    six.forEach(each -> offer(queue, 0, each));
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(six.subList(0, 4)));
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(six.subList(4, 6)));
  }

  @Test
  void next_longRows_fillTheBatchWithFewerOfThem() {
    List<Waiter> three = List.of(waiter().room(2), waiter().room(2), waiter().room(2));
    three.forEach(each -> offer(queue, 0, each));
    assertThat(queue.rows()).isEqualTo(3);
    assertThat(queue.before(Priority.NORMAL)).isEqualTo(6);
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(three.subList(0, 2)));
    assertThat(queue.before(Priority.NORMAL)).isEqualTo(2);
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(three.subList(2, 3)));
  }

  @Test
  void next_priorities_goFirstAndAreJoinedByLowerOnes() {
    Waiter sheddable = waiter().priority(Priority.SHEDDABLE);
    Waiter normal = waiter();
    Waiter operations = waiter().priority(Priority.OPERATIONS);
    offer(queue, 0, sheddable);
    offer(queue, 1, normal);
    offer(queue, 2, operations);
    assertThat(queue.next(3, COMPUTE))
        .isEqualTo(new Batch<>(List.of(operations, normal, sheddable)));
  }

  @Test
  void next_otherKeys_areLeftForTheNextBatch() {
    Waiter wide = waiter().key("wide");
    Waiter narrow = waiter().key("narrow");
    Waiter wideToo = waiter().key("wide");
    offer(queue, 0, wide);
    offer(queue, 0, narrow);
    offer(queue, 0, wideToo);
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(wide, wideToo)));
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(narrow)));
  }

  @Test
  void next_entryWithoutRoom_isPassedByASmallerOneAndGoesFirstNextTime() {
    Waiter two = waiter().rows(2);
    Waiter three = waiter().rows(3);
    Waiter one = waiter().rows(1);
    offer(queue, 0, two);
    offer(queue, 0, three);
    offer(queue, 0, one);
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(two, one)));
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(three)));
  }

  @Test
  void offer_moreRowsThanHaveRoom_takesNoneOfThem() {
    BatchQueue<Waiter> small = new BatchQueue<>(5, 4, 0);
    offer(small, 0, waiter().rows(3));
    assertThat(small.offer(List.of(waiter().rows(2), waiter()), 0)).isFalse();
    assertThat(small.rows()).isEqualTo(3);
    assertThat(small.offer(List.of(waiter(), waiter()), 0)).isTrue();
    assertThat(small.rows()).isEqualTo(5);
    assertThat(small.offer(List.of(waiter()), 0)).isFalse();
  }

  @Test
  void remove_anEntryThatWaits_isNeitherRunNorExpiredAndMakesRoom() {
    Waiter first = waiter().rows(2).deadline(50);
    Waiter second = waiter();
    offer(queue, 0, first, second);

    assertThat(queue.remove(first)).isTrue();

    assertThat(queue.rows()).isEqualTo(1);
    assertThat(queue.expire(60)).isEmpty();
    assertThat(queue.next(60, COMPUTE)).isEqualTo(new Batch<>(List.of(second)));
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void remove_anEntryThatDoesNotWait_changesNothing() {
    Waiter taken = waiter();
    Waiter waits = waiter();
    offer(queue, 0, taken);
    queue.next(0, COMPUTE);
    offer(queue, 0, waits);

    assertThat(queue.remove(taken)).isFalse();
    assertThat(queue.remove(waiter())).isFalse();

    assertThat(queue.rows()).isEqualTo(1);
  }

  @Test
  void before_aPriority_countsItsOwnAndHigherOnes() {
    offer(queue, 0, waiter(), waiter().priority(Priority.CRITICAL).rows(3));
    offer(queue, 0, waiter().priority(Priority.SHEDDABLE));

    assertThat(queue.before(Priority.CRITICAL)).isEqualTo(3);
    assertThat(queue.before(Priority.NORMAL)).isEqualTo(4);
    assertThat(queue.before(Priority.SHEDDABLE)).isEqualTo(5);
  }

  @Test
  void expire_deadlinePassed_takesOutWhateverItsPlace() {
    Waiter late = waiter().deadline(NEVER);
    Waiter soon = waiter().deadline(50);
    Waiter sooner = waiter().deadline(40).priority(Priority.SHEDDABLE);
    offer(queue, 0, late);
    offer(queue, 0, soon);
    offer(queue, 0, sooner);
    assertThat(queue.earliestDeadlineNanos()).isEqualTo(40);
    assertThat(queue.expire(39)).isEmpty();
    assertThat(queue.expire(50)).containsExactly(sooner, soon);
    assertThat(queue.rows()).isEqualTo(1);
    assertThat(queue.next(50, COMPUTE)).isEqualTo(new Batch<>(List.of(late)));
  }

  @Test
  void expire_sameDeadlines_takesOutEach() {
    Waiter first = waiter().deadline(40);
    Waiter second = waiter().deadline(40);
    offer(queue, 0, first, second);
    assertThat(queue.expire(40)).containsExactly(first, second);
  }

  @Test
  void next_goneEntry_isDroppedAndItsRoomIsFree() {
    Waiter gone = waiter().rows(4);
    Waiter here = waiter();
    offer(queue, 0, gone);
    offer(queue, 0, here);
    gone.gone = true;
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(here)));
    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Empty<>());
    assertThat(queue.rows()).isZero();
  }

  @Test
  void next_withDelay_waitsFromTheFirstArrival() {
    BatchQueue<Waiter> patient = new BatchQueue<>(100, 4, 20);
    Waiter first = waiter();
    Waiter second = waiter();
    offer(patient, 100, first);
    offer(patient, 115, second);
    assertThat(patient.next(115, COMPUTE)).isEqualTo(new Wait<>(120));
    assertThat(patient.next(119, COMPUTE)).isEqualTo(new Wait<>(120));
    assertThat(patient.next(120, COMPUTE)).isEqualTo(new Batch<>(List.of(first, second)));
  }

  @Test
  void next_fullBatch_doesNotWait() {
    BatchQueue<Waiter> patient = new BatchQueue<>(100, 4, 20);
    offer(patient, 100, waiter().rows(2));
    offer(patient, 100, waiter().rows(2));
    assertThat(patient.next(100, COMPUTE)).isInstanceOf(Batch.class);
  }

  @Test
  void next_deadlineNear_waitsNoLongerThanComputingLeaves() {
    BatchQueue<Waiter> patient = new BatchQueue<>(100, 4, 1_000);
    offer(patient, 0, waiter().deadline(NEVER));
    assertThat(patient.next(0, COMPUTE)).isEqualTo(new Wait<>(1_000));
    offer(patient, 5, waiter().deadline(200).priority(Priority.SHEDDABLE));
    assertThat(patient.next(5, COMPUTE)).isEqualTo(new Wait<>(180));
    assertThat(patient.next(5, 60)).isEqualTo(new Wait<>(80));
    assertThat(patient.next(180, COMPUTE)).isInstanceOf(Batch.class);
  }

  @Test
  void next_moreThanCanBeDone_runsWhatWillBeInTimeAndNotWhatWillBeLate() {
    Waiter late = waiter().rows(4).deadline(14).priority(Priority.CRITICAL);
    Waiter inTime = waiter().rows(4).deadline(15);
    offer(queue, 0, late);
    offer(queue, 0, inTime);

    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(inTime)));
    assertThat(queue.rows()).isEqualTo(4);
  }

  @Test
  void next_onlyWhatWillBeLate_isRunSinceTheAverageMayBeWrong() {
    Waiter late = waiter().deadline(5);
    offer(queue, 0, late);

    assertThat(queue.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(late)));
  }

  @Test
  void next_othersWaitForCompany_runsAtOnceWhatWillProbablyBeLate() {
    BatchQueue<Waiter> patient = new BatchQueue<>(100, 4, 1_000);
    Waiter late = waiter().deadline(5);
    Waiter company = waiter();
    offer(patient, 0, late, company);

    assertThat(patient.next(0, COMPUTE)).isEqualTo(new Batch<>(List.of(late, company)));
  }

  @Test
  void steadyOverload_halfOfWhatComesCanBeDone_nothingIsRunTooLate() {
    SplittableRandom random = new SplittableRandom(11);
    BatchQueue<Waiter> busy = new BatchQueue<>(1_000, 1, 0);
    int run = 0;
    int late = 0;
    long now = 0;
    for (long arrival = 0; arrival < 20_000; arrival += COMPUTE / 2) {
      offer(busy, arrival, waiter().deadline(arrival + 100));
      if (now <= arrival) {
        busy.expire(arrival);
        if (busy.next(arrival, COMPUTE) instanceof Batch<Waiter> batch) {
          now = arrival + COMPUTE - 2 + random.nextInt(5);
          run++;
          late += now > batch.entries().get(0).deadlineNanos() ? 1 : 0;
        }
      }
    }
    assertThat(run).isGreaterThan(1_000);
    assertThat(late).isZero();
  }

  @Test
  void next_higherPriorityArrivesLater_doesNotProlongTheWait() {
    BatchQueue<Waiter> patient = new BatchQueue<>(100, 4, 20);
    offer(patient, 100, waiter());
    offer(patient, 110, waiter().priority(Priority.CRITICAL));
    assertThat(patient.next(110, COMPUTE)).isEqualTo(new Wait<>(120));
  }

  @Test
  void next_firstBatchWaits_letsAFullOneOfAnotherKeyPass() {
    BatchQueue<Waiter> patient = new BatchQueue<>(100, 4, 20);
    Waiter alone = waiter().key("wide");
    Waiter full = waiter().key("narrow").rows(4);
    offer(patient, 100, alone);
    offer(patient, 100, full);
    assertThat(patient.next(100, COMPUTE)).isEqualTo(new Batch<>(List.of(full)));
    assertThat(patient.next(100, COMPUTE)).isEqualTo(new Wait<>(120));
  }

  @Test
  void clockPassesItsLargestValue_orderAndExpiryAreTheSame() {
    long now = Long.MAX_VALUE - 5;
    Waiter before = waiter().deadline(now + 3);
    Waiter after = waiter().deadline(now + 10);
    offer(queue, now, after);
    offer(queue, now, before);
    assertThat(queue.earliestDeadlineNanos()).isEqualTo(now + 3);
    assertThat(queue.expire(now + 4)).containsExactly(before);
    assertThat(queue.expire(now + 10)).containsExactly(after);
  }

  @Test
  void anyTraffic_everyEntryLeavesOnceAndNoneIsRunExpiredOrInTooLargeABatch() {
    SplittableRandom random = new SplittableRandom(7);
    BatchQueue<Waiter> any = new BatchQueue<>(40, 6, 15);
    List<Waiter> accepted = new ArrayList<>();
    List<Waiter> left = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      now += random.nextInt(4);
      if (random.nextInt(3) > 0) {
        Waiter waiter =
            waiter()
                .rows(1 + random.nextInt(6))
                .key("key" + random.nextInt(3))
                .priority(Priority.values()[random.nextInt(4)])
                .deadline(now + random.nextInt(60));
        if (any.offer(List.of(waiter), now)) {
          accepted.add(waiter);
        }
      } else {
        left.addAll(any.expire(now));
        if (any.next(now, COMPUTE) instanceof Batch<Waiter> batch) {
          long runAt = now;
          assertThat(batch.entries()).allMatch(entry -> entry.deadlineNanos() > runAt);
          assertThat(batch.entries().stream().mapToInt(Waiter::rows).sum()).isBetween(1, 6);
          assertThat(batch.entries().stream().map(Waiter::key).distinct()).hasSize(1);
          left.addAll(batch.entries());
        }
      }
      assertThat(any.rows()).isBetween(0, 40);
    }
    left.addAll(any.expire(now + 1_000));
    assertThat(any.isEmpty()).isTrue();
    assertThat(any.rows()).isZero();
    assertThat(left).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(accepted);
  }

  private static void offer(BatchQueue<Waiter> queue, long now, Waiter... waiters) {
    assertThat(queue.offer(List.of(waiters), now)).isTrue();
  }

  private static Waiter waiter() {
    return new Waiter();
  }

  private static final class Waiter implements BatchQueue.Entry {
    private int rows = 1;
    private int room;
    private Object key = "key";
    private Priority priority = Priority.NORMAL;
    private long deadlineNanos = NEVER;
    private boolean gone;

    Waiter rows(int newRows) {
      rows = newRows;
      return this;
    }

    Waiter room(int newRoom) {
      room = newRoom;
      return this;
    }

    Waiter key(Object newKey) {
      key = newKey;
      return this;
    }

    Waiter priority(Priority newPriority) {
      priority = newPriority;
      return this;
    }

    Waiter deadline(long newDeadlineNanos) {
      deadlineNanos = newDeadlineNanos;
      return this;
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public int room() {
      return Math.max(rows, room);
    }

    @Override
    public Object key() {
      return key;
    }

    @Override
    public Priority priority() {
      return priority;
    }

    @Override
    public long deadlineNanos() {
      return deadlineNanos;
    }

    @Override
    public boolean gone() {
      return gone;
    }
  }
}
