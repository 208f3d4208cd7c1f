package dev.starling.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a host. Futures may complete anywhere. */
@FunctionalInterface
interface Resolver {

  /**
   * @param host a name or an address in any notation that the system understands, without brackets
   */
  Future<List<InetAddress>> resolve(String host);

  /**
   * The system's own, with its hosts file and search domains, on threads of its own since it
   * blocks. Everything that the system would take for an address becomes one here, before it is
   * checked.
   */
  static Resolver system(WorkerExecutor worker) {
    return host -> worker.executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false);
  }

  /** Threads for {@link #system}; whoever takes them closes them. */
  static WorkerExecutor threads(Vertx vertx) {
    return vertx.createSharedWorkerExecutor("starling-webhook-dns", 4);
  }
}
