package dev.starling.imagefeatures.look;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColorNameTest {

  /** Colours as people name them; none is an example of {@link ColorName}. */
  @ParameterizedTest
  @CsvSource({
    "RED,    e50000 be0119 980002 ff000d d9544d c44240 a40000 f01818 e8112d cc2222 7b0323 840000",
    "ORANGE, f97306 ff9408 fdaa48 ffb07c ff964f d8863b ff7034 ee8822",
    "YELLOW, ffff14 fffd01 ffff7e fac205 fdff52 ffda03 fffcc4 f7e463 e8d41e fff44f",
    "GREEN,  15b01a 033500 96f97b 3f9b0b 76ff7b 77ab56 5ca904 0a481e 658b38 4b5d16 c7fdb5 a8ff04",
    "CYAN,   13eac9 06b1c4 01a0a8 0a888a 7bf2da 5cc8c8 00a0b0",
    "BLUE,   0343df 95d0fc 75bbfd 00035b 01386a 3b638c 448ee4 030aa7 5684ae 7bc8f6 004577 1f3a5f",
    "PURPLE, 7e1e9c c79fef 9a0eea 35063e bf77f6 6140ef a442a0 8e82fe 53257a 9e43a2",
    "PINK,   ff81c0 ffb2d0 fe01b1 c20078 ff028d fe86a4 e78ea5 fc5a90 d5869d ffcfdc",
    "BROWN,  653700 c69c6d ad8150 3d1c02 7f4e1e 8a6e45 a0450e 926f5b b2996e 5e3b22 411900 c7a07a",
    "GRAY,   929591 363737 59656d 7d7f7c a8a495 4d4d4d 8c8f94 bcbcbc 6b7079",
    "BLACK,  070d0d 0b0b0b 1d1d1d 14100e 181818",
    "WHITE,  ffffe4 fafafa eeeeee fffffa f5f5f0 f0f0ff"
  })
  void of_colorsAsPeopleNameThem_isThatTerm(ColorName expected, String colors) {
    List<String> others = new ArrayList<>();
    for (String color : colors.split(" ")) {
      ColorName name = ColorName.of(Oklab.of(Integer.parseInt(color, 16)));
      if (name != expected) {
        others.add(color + " is " + name.text());
      }
    }
    assertThat(others).isEmpty();
  }

  @Test
  void oklab_whiteBlackAndRed_areWhereTheSourceHasThem() {
    assertThat(Oklab.of(0xFFFFFF).lightness()).isBetween(0.99999, 1.00001);
    assertThat(Oklab.of(0).lightness()).isZero();
    Oklab red = Oklab.of(0xFF0000);
    assertThat(red.lightness()).isBetween(0.62795, 0.62797);
    assertThat(red.a()).isBetween(0.2248, 0.2249);
    assertThat(red.b()).isBetween(0.1258, 0.1259);
  }
}
