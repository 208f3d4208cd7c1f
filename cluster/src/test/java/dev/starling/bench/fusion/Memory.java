package dev.starling.bench.fusion;

import dev.starling.load.Footprint;
import dev.starling.load.LabNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a node's process takes.
 *
 * @param heapBytes live objects, after a full collection
 * @param residentBytes of the whole process, as the kernel counts them
 * @param timelineBytes of those on the heap, users' timelines
 */
record Memory(double heapBytes, double residentBytes, double timelineBytes) {
  private static final String RESIDENT = "VmRSS:";
  private static final double BYTES_PER_MIB = 1 << 20;
  private static final long BYTES_PER_KIB = 1 << 10;

  /** Measures it; the node collects its garbage first. */
  static Memory of(LabNode node) {
    double heap = Footprint.of(node).heapBytes();
    return new Memory(heap, residentBytes(node), node.metric("fusion_timelines_bytes", ""));
  }

  static double residentBytes(LabNode node) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(node.pid()), "status")).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KIB)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double mib(double bytes) {
    return bytes / BYTES_PER_MIB;
  }
}
