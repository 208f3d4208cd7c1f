package dev.starling.imagefeatures.picture;

/**
 * What is read. GIF and BMP are not: phones take and show none, and their decoders unfold before
 * they check. WebP and HEIC have no decoder in the JDK.
 */
public enum PictureType {
  JPEG,
  PNG;

  /** What JPEG files begin with: a start marker, and the beginning of another. */
  private static final int[] JPEG_HEAD = {0xFF, 0xD8, 0xFF};

  private static final int[] PNG_HEAD = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  /** Goes by the first bytes, whatever the sender calls it. */
  static PictureType of(byte[] file) throws RefusedPicture {
    if (beginsWith(file, JPEG_HEAD)) {
      return JPEG;
    }
    if (beginsWith(file, PNG_HEAD)) {
      return PNG;
    }
    throw RefusedPicture.unsupported("type: unknown (expected: JPEG or PNG)");
  }

  private static boolean beginsWith(byte[] file, int[] head) {
    if (file.length < head.length) {
      return false;
    }
    for (int i = 0; i < head.length; i++) {
      if ((file[i] & 0xFF) != head[i]) {
        return false;
      }
    }
    return true;
  }
}
