package dev.starling.imagefeatures.look;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.contract.features.ImageFeatures.ColorShare;
import dev.starling.contract.features.ImageFeatures.Described;
import dev.starling.imagefeatures.Drawings;
import dev.starling.imagefeatures.PictureBytes;
import dev.starling.imagefeatures.PictureBytes.Tiff;
import dev.starling.imagefeatures.picture.PictureLimits;
import dev.starling.imagefeatures.picture.PictureReader;
import dev.starling.imagefeatures.picture.RefusedPicture;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LookTest {
  private static final PictureReader READER =
      new PictureReader(new PictureLimits(4_000_000, 32 << 20));

  @Test
  void at_colouredHalves_namesThemWithTheirShares() throws RefusedPicture {
    BufferedImage flag =
        Drawings.draw(240, 160, (x, y) -> x < 120 ? 0xC81E1E : y < 40 ? 0x1E50C8 : 0xFFFFFF);

    Described described = look(Drawings.png(flag));

    assertThat(described.colors())
        .containsExactly(
            new ColorShare("red", 0xC81E1E, 0.5),
            new ColorShare("white", 0xFFFFFF, 0.375),
            new ColorShare("blue", 0x1E50C8, 0.125));
  }

  @Test
  void at_specksOfAColour_areNotNamed() throws RefusedPicture {
    BufferedImage speck = Drawings.draw(400, 400, (x, y) -> x < 20 && y < 20 ? 0xFF0000 : 0xFFFFFF);

    assertThat(look(Drawings.png(speck)).colors())
        .extracting(ColorShare::name)
        .containsExactly("white");
  }

  @Test
  void at_blackToWhite_brightnessFollows() throws RefusedPicture {
    double last = -1;
    for (int gray : new int[] {0, 40, 80, 120, 160, 200, 255}) {
      double brightness = look(Drawings.png(Drawings.plain(50, 50, gray * 0x10101))).brightness();
      assertThat(brightness).isGreaterThan(last);
      last = brightness;
    }
    assertThat(look(Drawings.png(Drawings.plain(50, 50, 0))).brightness()).isZero();
    assertThat(last).isEqualTo(1);
  }

  @Test
  void at_transparentPicture_showsTheWhiteBeneath() throws RefusedPicture {
    BufferedImage clear = new BufferedImage(50, 50, BufferedImage.TYPE_INT_ARGB);

    assertThat(look(Drawings.png(clear)).colors())
        .containsExactly(new ColorShare("white", 0xFFFFFF, 1));
  }

  @Test
  void at_blurredMoreAndMore_sharpnessFalls() throws RefusedPicture {
    for (long seed = 1; seed <= 3; seed++) {
      BufferedImage crisp = Drawings.screen(400, 300, seed);
      double last = look(Drawings.png(crisp)).sharpness();
      assertThat(last).isGreaterThan(0.8);
      for (int radius : new int[] {1, 2, 4, 8}) {
        double blurred = look(Drawings.png(Drawings.blurred(crisp, radius))).sharpness();
        assertThat(blurred).isLessThan(last);
        last = blurred;
      }
      assertThat(last).isLessThan(0.3);
    }
  }

  @Test
  void at_plainPicture_isNotSharp() throws RefusedPicture {
    assertThat(look(Drawings.png(Drawings.plain(50, 50, 0x808080))).sharpness()).isZero();
    assertThat(look(Drawings.png(Drawings.plain(2, 2, 0x808080))).sharpness()).isZero();
  }

  @Test
  void at_photosInAnyFormat_areNoScreenshots() throws RefusedPicture {
    List<String> mistaken = new ArrayList<>();
    for (long seed = 1; seed <= 5; seed++) {
      BufferedImage camera = Drawings.photo(800, 600, seed);
      BufferedImage screenSized = Drawings.photo(750, 1334, seed);
      check(mistaken, "JPEG " + seed, Drawings.jpeg(camera), false);
      check(mistaken, "PNG " + seed, Drawings.png(camera), false);
      check(mistaken, "JPEG, screen-sized " + seed, Drawings.jpeg(screenSized), false);
      check(mistaken, "PNG, screen-sized " + seed, Drawings.png(screenSized), false);
    }
    assertThat(mistaken).isEmpty();
  }

  @Test
  void at_screensInAnyFormat_areScreenshots() throws RefusedPicture {
    List<String> mistaken = new ArrayList<>();
    for (long seed = 1; seed <= 5; seed++) {
      BufferedImage phone = Drawings.screen(750, 1334, seed);
      check(mistaken, "PNG " + seed, Drawings.png(phone), true);
      check(mistaken, "JPEG " + seed, Drawings.jpeg(phone), true);
      check(mistaken, "PNG, cut " + seed, Drawings.png(Drawings.screen(700, 500, seed)), true);
    }
    assertThat(mistaken).isEmpty();
  }

  @Test
  void at_whatNotesSay_settlesIt() throws RefusedPicture {
    byte[] screen = Drawings.png(Drawings.screen(750, 1334, 1));
    byte[] photo = Drawings.jpeg(Drawings.photo(400, 300, 1));

    assertThat(
            look(PictureBytes.withChunk(screen, "eXIf", new Tiff().exposure(1, 60).build()))
                .screenshot())
        .isFalse();
    assertThat(
            look(PictureBytes.withExif(photo, new Tiff().comment("Screenshot").build()))
                .screenshot())
        .isTrue();
  }

  @Test
  void at_turnedPicture_hasItsUprightSizeAndTheSameColours() throws RefusedPicture {
    byte[] lying = Drawings.png(Drawings.photo(300, 200, 1));
    Described flat = look(lying);

    Described turned =
        look(PictureBytes.withChunk(lying, "eXIf", new Tiff().orientation(6).build()));

    assertThat(turned.width()).isEqualTo(200);
    assertThat(turned.height()).isEqualTo(300);
    assertThat(turned.orientation()).isEqualTo(6);
    assertThat(turned.brightness()).isCloseTo(flat.brightness(), within(0.01));
  }

  @Test
  void at_samePicture_isTheSame() throws RefusedPicture {
    byte[] photo = Drawings.jpeg(Drawings.photo(640, 480, 5));

    assertThat(look(photo)).usingRecursiveComparison().isEqualTo(look(photo));
  }

  private static void check(List<String> mistaken, String what, byte[] file, boolean expected)
      throws RefusedPicture {
    if (look(file).screenshot() != expected) {
      mistaken.add(what);
    }
  }

  private static Described look(byte[] file) throws RefusedPicture {
    return Look.at(READER.read(file));
  }
}
