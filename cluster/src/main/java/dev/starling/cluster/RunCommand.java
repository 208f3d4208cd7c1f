package dev.starling.cluster;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code starling run}: starts a node and leaves it running. */
@Command(
    name = "run",
    description = "Starts a node (the default).",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /** Not an exit code: the node goes on on its own threads. */
  static final int RUNNING = -1;

  @Mixin private NodeOptions options = new NodeOptions();

  @Override
  public Integer call() {
    return run(options);
  }

  static int run(NodeOptions options) {
    Node node = Node.start(options.sources());
    Shutdown.onSignal(node);
    node.announceReady();
    return RUNNING;
  }
}
