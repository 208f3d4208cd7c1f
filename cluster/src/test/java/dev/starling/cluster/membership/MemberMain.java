package dev.starling.cluster.membership;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;

/**
 * A member in a process of its own, told what to do by lines on its standard input.
 *
 * <p>Serves {@code on-<node id>}. Commands: {@code ask <address>}, {@code nodes}; each gives one
 * line. Ends when its input does, so that it never outlives the test.
 */
final class MemberMain {
  private MemberMain() {}

  public static void main(String[] args)
      throws IOException, InterruptedException, TimeoutException {
    long started = System.nanoTime();
    TestNode node =
        TestNode.start(
            MembershipConfig.defaults()
                .withCluster(args[0])
                .withPorts(Integer.parseInt(args[1]), Integer.parseInt(args[2])),
            args.length == 3 ? TestNode.plain() : TestNode.tls(Path.of(args[3])));
    node.serve("on-" + node.id());
    long millis = (System.nanoTime() - started) / 1_000_000;
    System.out.println(node.id() + " " + millis);
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 2);
        System.out.println(
            words[0].equals("ask")
                ? node.ask(words[1])
                : String.join(",", node.nodes().stream().sorted().toList()));
      }
    }
    Runtime.getRuntime().halt(0);
  }
}
