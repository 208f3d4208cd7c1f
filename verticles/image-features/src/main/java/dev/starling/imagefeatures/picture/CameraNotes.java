package dev.starling.imagefeatures.picture;

import com.drew.imaging.tiff.TiffProcessingException;
import com.drew.imaging.tiff.TiffReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.StringValue;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import dev.starling.contract.features.ImageFeatures.ExifRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a camera, or whatever else made a picture, notes about it.
 *
 * @param exif what is told to others
 * @param orientation as EXIF counts; 1 when it is not said
 * @param saysScreenshot whether a comment says so
 */
record CameraNotes(ExifRecord exif, int orientation, boolean saysScreenshot) {
  static final CameraNotes NONE = new CameraNotes(ExifRecord.NONE, 1, false);

  private static final int MAX_TEXT = 128;

  /**
   * Reads them as far as they can be read: nobody is refused a picture for its notes.
   *
   * @param tiff the structure that EXIF is
   */
  static CameraNotes read(byte[] tiff) {
    if (tiff.length == 0) {
      return NONE;
    }
    Metadata found = new Metadata();
    try {
      new TiffReader().processTiff(new ByteArrayReader(tiff), new NotedTags(found), 0);
    } catch (IOException | TiffProcessingException | RuntimeException e) {
      // The bytes are anybody's; what was read until then stays.
    }
    ExifIFD0Directory picture = found.getFirstDirectoryOfType(ExifIFD0Directory.class);
    ExifSubIFDDirectory shot = found.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
    return of(
        picture == null ? new ExifIFD0Directory() : picture,
        shot == null ? new ExifSubIFDDirectory() : shot);
  }

  private static CameraNotes of(Directory picture, Directory shot) {
    TakenAt taken = takenAt(shot);
    Integer orientation = picture.getInteger(ExifDirectoryBase.TAG_ORIENTATION);
    ExifRecord exif =
        new ExifRecord(
            taken == null ? null : taken.millis(),
            taken != null && taken.offsetKnown(),
            text(picture, ExifDirectoryBase.TAG_MAKE),
            text(picture, ExifDirectoryBase.TAG_MODEL),
            text(picture, ExifDirectoryBase.TAG_SOFTWARE),
            isExposed(shot));
    return new CameraNotes(exif, orientation == null ? 1 : orientation, saysScreenshot(shot));
  }

  private static @Nullable TakenAt takenAt(Directory shot) {
    TakenAt original =
        TakenAt.parse(
            text(shot, ExifDirectoryBase.TAG_DATETIME_ORIGINAL),
            text(shot, ExifDirectoryBase.TAG_SUBSECOND_TIME_ORIGINAL),
            text(shot, ExifDirectoryBase.TAG_TIME_ZONE_ORIGINAL));
    return original != null
        ? original
        : TakenAt.parse(
            text(shot, ExifDirectoryBase.TAG_DATETIME_DIGITIZED),
            text(shot, ExifDirectoryBase.TAG_SUBSECOND_TIME_DIGITIZED),
            text(shot, ExifDirectoryBase.TAG_TIME_ZONE_DIGITIZED));
  }

  private static boolean isExposed(Directory shot) {
    return shot.containsTag(ExifDirectoryBase.TAG_EXPOSURE_TIME)
        || shot.containsTag(ExifDirectoryBase.TAG_FNUMBER)
        || shot.containsTag(ExifDirectoryBase.TAG_FOCAL_LENGTH);
  }

  /** As iOS notes it. */
  private static boolean saysScreenshot(Directory shot) {
    byte[] comment = shot.getByteArray(ExifDirectoryBase.TAG_USER_COMMENT);
    return comment != null
        && new String(comment, StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT)
            .contains("screenshot");
  }

  /** Empty when there is none; without what cannot be shown. */
  private static String text(Directory directory, int tag) {
    StringValue value = directory.getStringValue(tag);
    if (value == null) {
      return "";
    }
    String text =
        new String(value.getBytes(), StandardCharsets.UTF_8)
            .codePoints()
            .filter(one -> !Character.isISOControl(one) && one != '\uFFFD')
            .limit(MAX_TEXT)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return text.strip();
  }
}
