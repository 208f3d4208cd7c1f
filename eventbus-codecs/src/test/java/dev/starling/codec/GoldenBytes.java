package dev.starling.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The bytes that messages are pinned to: one {@code .hex} file each, sixteen bytes a line, text
 * after {@code #} ignored.
 *
 * <p>With {@code -Dgolden.write=true} the files are written instead of compared, and the tests fail
 * all the same, so that a build in which the switch was forgotten cannot pass.
 */
public final class GoldenBytes {
  private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");
  private static final int PER_LINE = 16;

  private final Path folder;
  private final boolean write;

  GoldenBytes(Path folder, boolean write) {
    this.folder = folder;
    this.write = write;
  }

  /** Version 1 of the wire format. */
  public static GoldenBytes wireV1() {
    Path module = Path.of(System.getProperty("basedir", ""));
    return new GoldenBytes(
        module.resolve("src/test/resources/wire/v1"), Boolean.getBoolean("golden.write"));
  }

  /** Fails, showing where, unless {@code actual} is what the file says. */
  public void verify(String name, byte[] actual) {
    if (write) {
      write(name, actual);
      throw new AssertionError(
          file(name) + " was written. Read the diff, then run again without -Dgolden.write.");
    }
    byte[] expected = read(name);
    if (!Arrays.equals(expected, actual)) {
      throw new AssertionError(
          "the bytes of "
              + name
              + " changed; nodes of the version before cannot read them.\n"
              + difference(expected, actual)
              + "If that is meant: mvn -pl eventbus-codecs -am test -Dgolden.write=true, read the"
              + " diff of "
              + folder
              + ", and give the address or the frame a new version.");
    }
  }

  public byte[] read(String name) {
    try {
      String digits =
          Files.readAllLines(file(name)).stream()
              .map(line -> line.replaceFirst("#.*", "").replace(" ", ""))
              .collect(Collectors.joining());
      return HexFormat.of().parseHex(digits);
    } catch (IOException e) {
      throw new UncheckedIOException("no golden bytes of " + name + "; write them first", e);
    }
  }

  /** The names of all files. */
  public SortedSet<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.hex$", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, byte[] bytes) {
    try {
      Files.createDirectories(folder);
      Files.write(file(name), lines(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".hex");
  }

  private static List<String> lines(byte[] bytes) {
    return Stream.iterate(0, at -> at < bytes.length, at -> at + PER_LINE)
        .map(at -> SPACED.formatHex(bytes, at, Math.min(bytes.length, at + PER_LINE)))
        .toList();
  }

  private static String difference(byte[] expected, byte[] actual) {
    List<String> before = lines(expected);
    List<String> after = lines(actual);
    StringBuilder text =
        new StringBuilder("first difference at byte ")
            .append(Arrays.mismatch(expected, actual))
            .append(", length ")
            .append(expected.length)
            .append(" -> ")
            .append(actual.length)
            .append('\n');
    for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
      String old = i < before.size() ? before.get(i) : "";
      String now = i < after.size() ? after.get(i) : "";
      if (old.equals(now)) {
        text.append(String.format("  %04x  %s%n", i * PER_LINE, old));
      } else {
        text.append(String.format("- %04x  %s%n", i * PER_LINE, old));
        text.append(String.format("+ %04x  %s%n", i * PER_LINE, now));
      }
    }
    return text.toString();
  }
}
