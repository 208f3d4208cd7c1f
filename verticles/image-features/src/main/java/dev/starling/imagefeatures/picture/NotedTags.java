package dev.starling.imagefeatures.picture;

import com.drew.imaging.tiff.TiffProcessingException;
import com.drew.lang.RandomAccessReader;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifDirectoryBase;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.tiff.DirectoryTiffHandler;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a few tags of a TIFF structure and passes over the others.
 *
 * <p>All tags of a structure may point to the same 64 KiB: kept, they would be hundreds of
 * megabytes. So only those that are asked for are read, once each, when they are short; no maker's
 * notes, no previews, no further pictures; and of the structures within only one.
 */
final class NotedTags extends DirectoryTiffHandler {
  private static final int TIFF = 42;
  private static final int MAX_VALUE_BYTES = 1024;
  private static final Set<Integer> OF_PICTURE =
      Set.of(
          ExifDirectoryBase.TAG_MAKE,
          ExifDirectoryBase.TAG_MODEL,
          ExifDirectoryBase.TAG_SOFTWARE,
          ExifDirectoryBase.TAG_ORIENTATION);
  private static final Set<Integer> OF_SHOT =
      Set.of(
          ExifDirectoryBase.TAG_DATETIME_ORIGINAL,
          ExifDirectoryBase.TAG_DATETIME_DIGITIZED,
          ExifDirectoryBase.TAG_SUBSECOND_TIME_ORIGINAL,
          ExifDirectoryBase.TAG_SUBSECOND_TIME_DIGITIZED,
          ExifDirectoryBase.TAG_TIME_ZONE_ORIGINAL,
          ExifDirectoryBase.TAG_TIME_ZONE_DIGITIZED,
          ExifDirectoryBase.TAG_EXPOSURE_TIME,
          ExifDirectoryBase.TAG_FNUMBER,
          ExifDirectoryBase.TAG_FOCAL_LENGTH,
          ExifDirectoryBase.TAG_USER_COMMENT);

  private boolean entered;

  NotedTags(Metadata metadata) {
    super(metadata, null);
    pushDirectory(ExifIFD0Directory.class);
  }

  @Override
  public void setTiffMarker(int marker) throws TiffProcessingException {
    if (marker != TIFF) {
      throw new TiffProcessingException("marker: " + marker + " (expected: " + TIFF + ")");
    }
  }

  @Override
  public boolean tryEnterSubIfd(int tag) {
    if (tag != ExifIFD0Directory.TAG_EXIF_SUB_IFD_OFFSET || entered) {
      return false;
    }
    entered = true;
    pushDirectory(ExifSubIFDDirectory.class);
    return true;
  }

  @Override
  public boolean hasFollowerIfd() {
    return false;
  }

  @Override
  public @Nullable Long tryCustomProcessFormat(int tag, int format, long count) {
    return null;
  }

  /** Returns true for what is passed over. */
  @Override
  public boolean customProcessTag(
      int offset,
      Set<Integer> processedOffsets,
      int headerOffset,
      RandomAccessReader reader,
      int tag,
      int byteCount) {
    Directory current = _currentDirectory;
    Set<Integer> wanted = current instanceof ExifSubIFDDirectory ? OF_SHOT : OF_PICTURE;
    return current == null
        || !wanted.contains(tag)
        || byteCount > MAX_VALUE_BYTES
        || current.containsTag(tag);
  }

  /** Complaints are for nobody, and there may be thousands. */
  @Override
  public void warn(String message) {}

  @Override
  public void error(String message) {}
}
