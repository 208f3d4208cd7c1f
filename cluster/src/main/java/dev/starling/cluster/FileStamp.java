package dev.starling.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a file was replaced or written to, without reading it.
 *
 * @param key identifies the file itself, which changes when another one takes its name
 * @param modifiedNanos when it was written to last
 */
record FileStamp(String key, long modifiedNanos, long size) {
  private static final FileStamp ABSENT = new FileStamp("", 0, 0);

  /** Blocks for the file system. */
  static FileStamp of(@Nullable Path file) {
    if (file == null) {
      return ABSENT;
    }
    try {
      // Through symbolic links: container platforms replace what they point to.
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileStamp(
          String.valueOf(found.fileKey()),
          found.lastModifiedTime().to(TimeUnit.NANOSECONDS),
          found.size());
    } catch (IOException unreadable) {
      return ABSENT;
    }
  }
}
