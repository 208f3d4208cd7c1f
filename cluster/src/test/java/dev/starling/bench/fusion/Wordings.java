package dev.starling.bench.fusion;

import java.util.List;
import java.util.SplittableRandom;

/**
 * What users of the load say: commands to their own devices, three of four about the picture that
 * they have just taken, in thousands of wordings, so that many have not been heard before. What is
 * measured is how soon they are decided; whether free wording is understood is measured by {@code
 * scripts/fusion-eval}.
 */
final class Wordings {
  private static final List<String> BEFORE =
      List.of(
          "",
          "please ",
          "can you ",
          "could you ",
          "can you please ",
          "could you please ",
          "would you ",
          "ok ",
          "ok now ",
          "hey ",
          "so ",
          "um ");
  private static final List<String> AFTER =
      List.of("", " please", " now", " thanks", " for me", " right now", " thank you", " ok");
  private static final List<String> PICTURES =
      List.of(
          "the photo i just took",
          "the picture i just took",
          "the last photo",
          "the latest picture",
          "my newest photo");

  /** {@code %s} is a picture. */
  private static final List<String> ABOUT_A_PICTURE =
      List.of(
          "set %s as wallpaper",
          "set %s as my wallpaper",
          "use %s as my wallpaper",
          "make %s my wallpaper",
          "change my wallpaper to %s",
          "show %s on my tablet",
          "show me %s on the tablet",
          "put %s on my tablet",
          "display %s on my tablet",
          "favorite %s",
          "mark %s as favorite",
          "add %s to my favorites");

  /** {@code %d} is a level. */
  private static final List<String> ABOUT_LIGHT =
      List.of(
          "dim the lamp to %d percent",
          "set the lamp to %d percent",
          "turn the lamp down to %d percent",
          "dim the light to %d percent");

  private static final int LEAST_LEVEL = 5;
  private static final int MOST_LEVEL = 95;
  private static final int ABOUT_LIGHT_EVERY = 4;

  private Wordings() {}

  /** What is said first of all, and so on; the same in every run. */
  static String of(long number) {
    SplittableRandom random = new SplittableRandom(number);
    String said =
        random.nextInt(ABOUT_LIGHT_EVERY) == 0
            ? one(ABOUT_LIGHT, random).formatted(random.nextInt(LEAST_LEVEL, MOST_LEVEL + 1))
            : one(ABOUT_A_PICTURE, random).formatted(one(PICTURES, random));
    return one(BEFORE, random) + said + one(AFTER, random);
  }

  private static String one(List<String> among, SplittableRandom random) {
    return among.get(random.nextInt(among.size()));
  }
}
