package dev.starling.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final List<String> heard = new ArrayList<>();

  @Test
  void cancel_listeners_areCalledOnceInTheirOrder() {
    cancellation.onCancel(() -> heard.add("first"));
    cancellation.onCancel(() -> heard.add("second"));
    assertThat(cancellation.isCancelled()).isFalse();

    cancellation.cancel();
    cancellation.cancel();

    assertThat(cancellation.isCancelled()).isTrue();
    assertThat(heard).containsExactly("first", "second");
  }

  @Test
  void onCancel_afterwards_isCalledAtOnce() {
    cancellation.cancel();

    cancellation.onCancel(() -> heard.add("late"));

    assertThat(heard).containsExactly("late");
  }

  @Test
  void forget_aListener_isNotCalledAndTheOthersAre() {
    Runnable forgotten = () -> heard.add("forgotten");
    cancellation.onCancel(forgotten);
    cancellation.onCancel(() -> heard.add("other"));

    cancellation.forget(forgotten);
    cancellation.cancel();
    cancellation.forget(forgotten);

    assertThat(heard).containsExactly("other");
  }

  @Test
  void cancel_listenerThatListensAgain_isCalledAtOnceAndDoesNotHang() {
    cancellation.onCancel(() -> cancellation.onCancel(() -> heard.add("inner")));

    cancellation.cancel();

    assertThat(heard).containsExactly("inner");
  }
}
