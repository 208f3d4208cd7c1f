package dev.starling.inference.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Tells the tokenizer's library where to put its native code, and that it must not use the network.
 *
 * <p>The library reads system properties when it is first used, once for the process: left alone it
 * keeps its code in the home directory, asks the cloud provider's metadata service who runs it and
 * reports that, and fetches other builds of itself when it finds a GPU.
 */
public final class NativeTokenizers {
  private static final String OFFLINE = "ai.djl.offline";
  private static final String NO_TELEMETRY = "OPT_OUT_TRACKING";
  private static final String DIRECTORY = "ENGINE_CACHE_DIR";

  private NativeTokenizers() {}

  /**
   * To be called before the first {@link TextTokenizer} of the process. The first call decides
   * where, unless the operator has: with the library's own property or variable.
   *
   * @param directory made if it is missing, and closed to all but its owner: what is there is run
   * @throws IOException when it is somebody else's
   */
  public static synchronized void keepIn(Path directory) throws IOException {
    System.setProperty(OFFLINE, "true");
    System.setProperty(NO_TELEMETRY, "true");
    if (System.getProperty(DIRECTORY) != null) {
      return;
    }
    Files.createDirectories(directory);
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    System.setProperty(DIRECTORY, directory.toAbsolutePath().toString());
  }
}
