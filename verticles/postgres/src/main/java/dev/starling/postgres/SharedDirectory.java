package dev.starling.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lock files by which the processes that share a data directory agree on their one server.
 *
 * <p>{@code control.lock} is held while the server is started or stopped. {@code
 * attached/<uuid>.lock} is held by each process for as long as it uses the server; it contains the
 * process's {@link HostIdentity#domain()}. The kernel releases both when a process dies, however it
 * dies. Blocking and thread-safe.
 */
final class SharedDirectory {
  /*
   * One instance per directory in a JVM. POSIX drops all locks of a process on a file as soon as
   * the process closes any descriptor of that file, so no second channel may be opened on a file
   * that this process has locked.
   */
  private static final ConcurrentMap<Path, SharedDirectory> OPEN = new ConcurrentHashMap<>();

  private static final long POLL_MILLIS = 5;

  private final Path controlFile;
  private final Path attachedDirectory;
  private final ReentrantLock control = new ReentrantLock();
  private final Path attachmentFile;
  private @Nullable FileChannel attachment;
  private int attachments;

  private SharedDirectory(Path home) {
    this.controlFile = home.resolve("control.lock");
    this.attachedDirectory = home.resolve("attached");
    this.attachmentFile = attachedDirectory.resolve(UUID.randomUUID() + ".lock");
  }

  /** The instance for {@code home}, which must be a real path of an existing directory. */
  static SharedDirectory at(Path home) {
    return OPEN.computeIfAbsent(home, SharedDirectory::new);
  }

  /** Runs {@code work} while no other thread or process starts or stops the server. */
  <T> T underControl(Duration patience, Supplier<T> work) {
    Pause pause = Pause.every(POLL_MILLIS, patience);
    try {
      if (!control.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw busy(patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostgresException("interrupted while waiting for " + controlFile, e);
    }
    try (FileChannel channel =
        FileChannel.open(controlFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      awaitLock(channel, pause);
      return work.get();
    } catch (IOException e) {
      throw new PostgresException(controlFile + ": " + e, e);
    } finally {
      control.unlock();
    }
  }

  /** Declares that this process uses the server; counted. Call under control. */
  void attach(String domain) throws IOException {
    if (attachments == 0) {
      Files.createDirectories(attachedDirectory);
      FileChannel channel =
          FileChannel.open(
              attachmentFile,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      try {
        channel.lock();
        channel.write(ByteBuffer.wrap(domain.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      attachment = channel;
    }
    attachments++;
  }

  /** Takes back one {@link #attach}; says whether this process still uses it. Under control. */
  boolean detach() throws IOException {
    attachments--;
    if (attachments > 0) {
      return true;
    }
    FileChannel channel = attachment;
    attachment = null;
    if (channel != null) {
      Files.deleteIfExists(attachmentFile);
      channel.close();
    }
    return false;
  }

  /**
   * The domains of the other processes that use the server; forgets those that died. Under control.
   */
  List<String> others() throws IOException {
    List<String> domains = new ArrayList<>();
    if (!Files.isDirectory(attachedDirectory)) {
      return domains;
    }
    for (Path file : FileTrees.entries(attachedDirectory, "")) {
      if (file.equals(attachmentFile)) {
        continue;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock == null) {
          domains.add(Files.readString(file));
        } else {
          Files.delete(file);
        }
      }
    }
    return domains;
  }

  /** Closing the channel releases the lock. */
  private void awaitLock(FileChannel channel, Pause pause) throws IOException {
    while (channel.tryLock() == null) {
      if (pause.over()) {
        throw busy(pause.limit());
      }
      pause.once();
    }
  }

  private PostgresException busy(Duration patience) {
    return new PostgresException(
        controlFile + ": held by another process for " + patience + " (expected: released)");
  }
}
