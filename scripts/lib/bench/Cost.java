import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Reads a flight recording of a loaded node and prints what a request costs: bytes allocated, the
 * longest pause of the garbage collector, and which part of the request path the event loops were
 * in when they were sampled.
 *
 * <p>A sample belongs to the innermost frame whose package is known, so the HMAC that auth computes
 * is auth's, and the header encoding that the edge's answer causes is HTTP's.
 */
public final class Cost {
  private static final Map<String, String> STAGE_BY_PACKAGE = new LinkedHashMap<>();

  static {
    STAGE_BY_PACKAGE.put("dev.starling.auth.", "auth");
    STAGE_BY_PACKAGE.put("dev.starling.ratelimiter.", "rate limiter");
    STAGE_BY_PACKAGE.put("dev.starling.users.", "users");
    STAGE_BY_PACKAGE.put("dev.starling.edge.", "edge");
    STAGE_BY_PACKAGE.put("dev.starling.sdk.", "operation dispatch");
    STAGE_BY_PACKAGE.put("dev.starling.contract.", "operation dispatch");
    STAGE_BY_PACKAGE.put("dev.starling.bus.", "bus: calls");
    STAGE_BY_PACKAGE.put("dev.starling.cluster.", "bus: routing and meters");
    STAGE_BY_PACKAGE.put("io.vertx.core.eventbus.", "bus: Vert.x event bus");
    STAGE_BY_PACKAGE.put("io.vertx.core.http.", "HTTP: Vert.x");
    STAGE_BY_PACKAGE.put("io.vertx.core.net.", "HTTP: Vert.x");
    STAGE_BY_PACKAGE.put("io.netty.handler.", "HTTP: Netty codec");
    STAGE_BY_PACKAGE.put("io.netty.channel.epoll.", "sockets: poll, read, write");
    STAGE_BY_PACKAGE.put("io.netty.channel.unix.", "sockets: poll, read, write");
    STAGE_BY_PACKAGE.put("io.netty.channel.uring.", "sockets: poll, read, write");
    STAGE_BY_PACKAGE.put("io.netty.buffer.", "HTTP: Netty buffers");
    STAGE_BY_PACKAGE.put("io.netty.", "Netty: other");
    STAGE_BY_PACKAGE.put("io.vertx.", "Vert.x: contexts and futures");
  }

  private Cost() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 2) {
      System.err.println("usage: Cost RECORDING REQUESTS");
      System.exit(2);
    }
    long requests = Long.parseLong(arguments[1]);
    Map<String, Integer> samples = new TreeMap<>();
    List<long[]> heap = new ArrayList<>();
    long longestPauseNanos = 0;
    int collections = 0;
    try (RecordingFile recording = new RecordingFile(Path.of(arguments[0]))) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> {
            if (event.getThread("sampledThread").getJavaName().startsWith("vert.x-eventloop")) {
              samples.merge(stage(event), 1, Integer::sum);
            }
          }
          case "jdk.GarbageCollection" -> {
            collections++;
            longestPauseNanos =
                Math.max(longestPauseNanos, event.getDuration("longestPause").toNanos());
          }
          case "jdk.GCHeapSummary" ->
              heap.add(
                  new long[] {
                    event.getLong("gcId"),
                    event.getString("when").equals("Before GC") ? 0 : 1,
                    event.getLong("heapUsed")
                  });
          default -> {}
        }
      }
    }
    print(requests, heap, collections, longestPauseNanos, samples);
  }

  private static void print(
      long requests,
      List<long[]> heap,
      int collections,
      long longestPauseNanos,
      Map<String, Integer> samples) {
    heap.sort(Comparator.<long[]>comparingLong(h -> h[0]).thenComparingLong(h -> h[1]));
    long allocated = 0;
    long after = -1;
    int intervals = 0;
    for (long[] summary : heap) {
      if (summary[1] == 0 && after >= 0) {
        allocated += summary[2] - after;
        intervals++;
      } else if (summary[1] == 1) {
        after = summary[2];
      }
    }
    if (intervals > 0) {
      // What was allocated before the first and after the last collection is not in the sum.
      double whole = (double) allocated * collections / intervals;
      System.out.printf("allocated per request  %.0f bytes%n", whole / requests);
    }
    System.out.printf("collections            %d%n", collections);
    System.out.printf("longest pause          %.1f ms%n", longestPauseNanos / 1e6);
    int total = samples.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf("samples of event loops %d%n%n", total);
    samples.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(
            entry ->
                System.out.printf(
                    "%-30s %5.1f %%%n", entry.getKey(), 100.0 * entry.getValue() / total));
  }

  private static String stage(RecordedEvent event) {
    if (event.getStackTrace() == null) {
      return "unknown";
    }
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      String name = frame.getMethod().getType().getName();
      for (Map.Entry<String, String> entry : STAGE_BY_PACKAGE.entrySet()) {
        if (name.startsWith(entry.getKey())) {
          return entry.getValue();
        }
      }
    }
    return "other";
  }
}
