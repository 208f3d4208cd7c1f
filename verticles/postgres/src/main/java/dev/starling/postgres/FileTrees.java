package dev.starling.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The few file operations the embedded server needs; blocking, never follows a symbolic link. */
final class FileTrees {
  private FileTrees() {}

  /** Starts the name of everything unfinished: what a killed process leaves under it is waste. */
  static final String PARTIAL = "partial-";

  /** Deletes what killed processes left in {@code directory}; nobody may be at work there. */
  static void deletePartial(Path directory) throws IOException {
    for (Path leftover : entries(directory, PARTIAL)) {
      delete(leftover);
    }
  }

  /** Deletes what is there, as far as possible; another process may be filling it. */
  static void delete(Path root) {
    try {
      visit(root, Files::deleteIfExists);
    } catch (IOException e) {
      // Left over from a crash and named so that nothing reads it: the next start tries again.
    }
  }

  /** Gives everything below {@code root}, and the root itself, to one user. */
  static void changeOwner(Path root, int uid, int gid) throws IOException {
    visit(root, path -> setOwner(path, uid, gid));
  }

  static int ownerOf(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  private static void setOwner(Path path, int uid, int gid) throws IOException {
    // An ordinary user may not change owners, not even to what they are.
    if (ownerOf(path) != uid) {
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  static void setDirectoryPermissions(Path root, String permissions) throws IOException {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString(permissions);
    visit(
        root,
        path -> {
          if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(path, mode);
          }
        });
  }

  /** Replaces a file as one step that survives a power failure. */
  static void write(Path file, String content, String permissions) throws IOException {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString(permissions);
    Path partial =
        Files.createTempFile(file.getParent(), PARTIAL + file.getFileName() + "-", "", ownerOnly());
    try {
      Files.writeString(partial, content);
      Files.setPosixFilePermissions(partial, mode);
      force(partial, StandardOpenOption.WRITE);
      move(partial, file);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Renames within a directory, as one step that survives a power failure. */
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(to.getParent(), StandardOpenOption.READ);
  }

  /** The entries of a directory whose names start with {@code prefix}. */
  static List<Path> entries(Path directory, String prefix) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> ownerOnly() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  private interface Step {
    void accept(Path path) throws IOException;
  }

  private static void visit(Path root, Step step) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            step.accept(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            step.accept(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
