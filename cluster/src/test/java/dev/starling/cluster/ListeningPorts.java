package dev.starling.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP ports that a process listens on, as Linux tells. */
final class ListeningPorts {
  /** The state LISTEN in /proc/net/tcp. */
  private static final String LISTEN = "0A";

  private ListeningPorts() {}

  static Set<Integer> of(long pid) throws IOException {
    Set<String> sockets = sockets(pid);
    Set<Integer> ports = new TreeSet<>();
    for (String table : new String[] {"tcp", "tcp6"}) {
      Files.readAllLines(Path.of("/proc", "" + pid, "net", table)).stream()
          .skip(1)
          .map(line -> line.strip().split("\\s+"))
          .filter(columns -> columns[3].equals(LISTEN) && sockets.contains(columns[9]))
          .forEach(columns -> ports.add(Integer.parseInt(columns[1].replaceAll(".*:", ""), 16)));
    }
    return ports;
  }

  private static Set<String> sockets(long pid) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", "" + pid, "fd"))) {
      return descriptors
          .map(ListeningPorts::target)
          .filter(target -> target.startsWith("socket:["))
          .map(target -> target.substring("socket:[".length(), target.length() - 1))
          .collect(Collectors.toSet());
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException closedMeanwhile) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
