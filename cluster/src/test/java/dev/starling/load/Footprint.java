package dev.starling.load;

import java.nio.file.Path;
import java.util.List;

/**
 * What a node's process holds.
 *
 * @param descriptors open files and sockets, without the connections of clients, which are theirs
 * @param heapBytes live objects, after a full collection
 * @param registrations addresses that the cluster manager knows of any node
 */
public record Footprint(
    double threads, double descriptors, double heapBytes, double registrations) {

  /** Measures it; the node collects its garbage first. */
  public static Footprint of(LabNode node) {
    Shell.run(
        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
        Long.toString(node.pid()),
        "GC.run");
    return new Footprint(
        node.metric("jvm_threads_live_threads", ""),
        node.metric("process_files_open_files", "") - node.metric("edge_connections", ""),
        node.metric("jvm_memory_used_bytes", "area=\"heap\""),
        node.metric("cluster_registrations", ""));
  }

  public static Footprint sum(List<Footprint> all) {
    return new Footprint(
        all.stream().mapToDouble(Footprint::threads).sum(),
        all.stream().mapToDouble(Footprint::descriptors).sum(),
        all.stream().mapToDouble(Footprint::heapBytes).sum(),
        all.stream().mapToDouble(Footprint::registrations).sum());
  }

  @Override
  public String toString() {
    return "%.0f threads, %.0f files, %.1f MiB, %.0f registrations"
        .formatted(threads, descriptors, heapBytes / (1 << 20), registrations);
  }
}
