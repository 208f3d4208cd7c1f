package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import org.junit.jupiter.api.Test;

class AdmitTest {

  @Test
  void admit_fillingLoop_keepsRoomForWhatMattersMost() {
    Admit admit = new Admit(1000);

    assertThat(admit.limit(Priority.OPERATIONS)).isEqualTo(1000);
    assertThat(admit.limit(Priority.CRITICAL)).isEqualTo(950);
    assertThat(admit.limit(Priority.NORMAL)).isEqualTo(800);
    assertThat(admit.limit(Priority.SHEDDABLE)).isEqualTo(500);
    assertThat(new Admit(1).limit(Priority.SHEDDABLE)).isEqualTo(1);
  }
}
