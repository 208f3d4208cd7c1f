package dev.starling.cluster.membership;

import dev.starling.cluster.sockets.PeerSockets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Measures how fast a frozen and a killed member are noticed, and how fast a thawed one is back.
 *
 * <p>Not a test: run {@code main} on the test class path with the number of rounds, and a directory
 * for certificates if members are to have some, and put what it prints into
 * docs/adr/0004-cluster-manager.md. Three members, one of them here, all on one machine.
 */
final class FreezeRounds {
  private static final Duration FROZEN = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private FreezeRounds() {}

  public static void main(String[] args) throws Exception {
    MembershipConfig config = TestNode.freshCluster();
    System.out.println("round victim excluded-ms back-ms caller-back-ms");
    List<String> certificates = List.of(args).subList(1, args.length);
    PeerSockets sockets =
        certificates.isEmpty() ? TestNode.plain() : TestNode.tls(Path.of(certificates.get(0)));
    try (var first = MemberProcess.start(config, certificates)) {
      TestNode here = TestNode.start(config, sockets);
      here.serve("on-" + here.id());
      System.out.println("# first start " + first.startMillis + " ms");
      for (int round = 1; round <= Integer.parseInt(args[0]); round++) {
        try (var last = MemberProcess.start(config, certificates)) {
          Set<String> all = Set.of(first.id, here.id(), last.id);
          until(() -> here.nodes().equals(all));
          freeze(round, "last", last, here, all);
          freeze(round, "coordinator", first, here, all);
          long killed = System.nanoTime();
          last.kill();
          until(() -> !here.nodes().contains(last.id));
          System.out.printf("%d killed %d%n", round, millisSince(killed));
        }
      }
      here.close();
    }
  }

  private static void freeze(
      int round, String who, MemberProcess victim, TestNode here, Set<String> all)
      throws Exception {
    long frozen = System.nanoTime();
    victim.freeze();
    until(() -> !here.nodes().contains(victim.id));
    long excluded = millisSince(frozen);
    until(() -> System.nanoTime() - frozen >= FROZEN.toNanos());
    long thawed = System.nanoTime();
    victim.thaw();
    until(() -> here.nodes().equals(all) && here.ask("on-" + victim.id).equals(victim.id));
    long back = millisSince(thawed);
    until(() -> victim.ask("on-" + here.id()).equals(here.id()));
    System.out.printf("%d %s %d %d %d%n", round, who, excluded, back, millisSince(thawed));
    System.out.flush();
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void until(BooleanSupplier condition) {
    Await.until(LIMIT, "condition", condition, () -> "?");
  }
}
