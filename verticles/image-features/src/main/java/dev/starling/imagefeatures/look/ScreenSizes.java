package dev.starling.imagefeatures.look;

import java.util.HashSet;
import java.util.Set;

/**
 * Sizes that screens of phones, tablets and computers have, in pixels.
 *
 * <p>Cameras take pictures in sizes of their own: none of 4:3 or 3:2 is here that a common camera
 * makes.
 */
final class ScreenSizes {
  private static final int[][] SIZES = {
    // Phones.
    {640, 1136},
    {720, 1280},
    {720, 1520},
    {720, 1560},
    {720, 1600},
    {720, 1612},
    {750, 1334},
    {828, 1792},
    {1080, 1920},
    {1080, 2160},
    {1080, 2220},
    {1080, 2280},
    {1080, 2340},
    {1080, 2376},
    {1080, 2400},
    {1080, 2408},
    {1080, 2412},
    {1080, 2424},
    {1080, 2520},
    {1125, 2436},
    {1170, 2532},
    {1179, 2556},
    {1206, 2622},
    {1242, 2208},
    {1242, 2688},
    {1284, 2778},
    {1290, 2796},
    {1320, 2868},
    {1344, 2992},
    {1440, 2560},
    {1440, 2960},
    {1440, 3040},
    {1440, 3088},
    {1440, 3120},
    {1440, 3200},
    // Tablets.
    {800, 1280},
    {1200, 1920},
    {1200, 2000},
    {1488, 2266},
    {1600, 2560},
    {1620, 2160},
    {1640, 2360},
    {1668, 2224},
    {1668, 2388},
    {1752, 2800},
    {2048, 2732},
    // Computers and television sets.
    {1366, 768},
    {1440, 900},
    {1600, 900},
    {1680, 1050},
    {1920, 1200},
    {2560, 1440},
    {2560, 1664},
    {2880, 1800},
    {3024, 1964},
    {3440, 1440},
    {3456, 2234},
    {3840, 2160},
  };

  private static final Set<Long> KNOWN = known();

  private ScreenSizes() {}

  /** Whichever way it is held. */
  static boolean contains(int width, int height) {
    return KNOWN.contains(key(width, height));
  }

  private static Set<Long> known() {
    Set<Long> known = new HashSet<>();
    for (int[] size : SIZES) {
      known.add(key(size[0], size[1]));
    }
    return Set.copyOf(known);
  }

  private static long key(int width, int height) {
    return (long) Math.min(width, height) << 32 | Math.max(width, height);
  }
}
