package dev.starling.imagefeatures.picture;

/**
 * How a picture lies in its file: where a pixel of the upright picture is stored. Named for what
 * stands it up.
 *
 * <p>Source: Exif 2.32, 4.6.4 (tag 0x0112).
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRROR(false, true, false),
  TURN_HALF(false, true, true),
  FLIP(false, false, true),
  TRANSPOSE(true, false, false),
  TURN_RIGHT(true, false, true),
  TRANSVERSE(true, true, true),
  TURN_LEFT(true, true, false);

  private static final Orientation[] VALUES = values();

  /** Whether rows of the upright picture are columns of the stored one. */
  private final boolean swapped;

  /** Whether stored columns run backwards, as seen from the upright picture. */
  private final boolean columnsBackwards;

  private final boolean rowsBackwards;

  Orientation(boolean swapped, boolean columnsBackwards, boolean rowsBackwards) {
    this.swapped = swapped;
    this.columnsBackwards = columnsBackwards;
    this.rowsBackwards = rowsBackwards;
  }

  /** Upright for a number that means nothing. */
  static Orientation of(int exif) {
    return exif >= 1 && exif <= VALUES.length ? VALUES[exif - 1] : UPRIGHT;
  }

  /** As EXIF counts: 1 to 8. */
  int exif() {
    return ordinal() + 1;
  }

  boolean swapped() {
    return swapped;
  }

  int storedX(int x, int y, int storedWidth) {
    int along = swapped ? y : x;
    return columnsBackwards ? storedWidth - 1 - along : along;
  }

  int storedY(int x, int y, int storedHeight) {
    int along = swapped ? x : y;
    return rowsBackwards ? storedHeight - 1 - along : along;
  }
}
