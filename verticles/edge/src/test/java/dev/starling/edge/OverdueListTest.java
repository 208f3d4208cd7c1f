package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OverdueListTest {

  @Test
  void overdue_sweep_endsThoseWhoseTimeIsUpInOrder() {
    List<Integer> ended = new ArrayList<>();
    OverdueList list = new OverdueList();
    Random random = new Random(11);
    List<Overdue> elements = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      Overdue element =
          new Overdue(number) {
            @Override
            void overdue() {
              ended.add(number);
            }
          };
      elements.add(element);
      list.add(element);
    }
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (random.nextBoolean()) {
        list.remove(elements.get(i));
        list.remove(elements.get(i));
      } else {
        left.add(i);
      }
    }

    list.sweep(49);
    assertThat(ended).isEqualTo(left.stream().filter(i -> i <= 49).toList());
    list.sweep(1000);
    assertThat(ended).isEqualTo(left);
    list.sweep(2000);
    assertThat(ended).isEqualTo(left);
  }

  @Test
  void overdue_elementThatRemovesAnother_disturbsNothing() {
    OverdueList list = new OverdueList();
    List<String> ended = new ArrayList<>();
    Overdue second = overdue(2, () -> ended.add("second"));
    Overdue first =
        overdue(
            1,
            () -> {
              ended.add("first");
              list.remove(second);
            });
    list.add(first);
    list.add(second);
    list.add(overdue(3, () -> ended.add("third")));

    list.sweep(10);

    assertThat(ended).containsExactly("first", "third");
  }

  private static Overdue overdue(long deadline, Runnable end) {
    return new Overdue(deadline) {
      @Override
      void overdue() {
        end.run();
      }
    };
  }
}
