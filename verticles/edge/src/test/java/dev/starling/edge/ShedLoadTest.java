package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.Priority;
import org.junit.jupiter.api.Test;

class ShedLoadTest {

  @Test
  void limit_fillingLoop_keepsRoomForWhatMattersMost() {
    ShedLoad shed = new ShedLoad(1000);

    assertThat(shed.limit(Priority.OPERATIONS)).isEqualTo(1000);
    assertThat(shed.limit(Priority.CRITICAL)).isEqualTo(950);
    assertThat(shed.limit(Priority.NORMAL)).isEqualTo(800);
    assertThat(shed.limit(Priority.SHEDDABLE)).isEqualTo(500);
    assertThat(new ShedLoad(1).limit(Priority.SHEDDABLE)).isEqualTo(1);
  }
}
