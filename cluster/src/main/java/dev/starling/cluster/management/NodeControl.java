package dev.starling.cluster.management;

import dev.starling.contract.node.ScaleContract.Scaled;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What operators may do to a running node. Methods are called on the management port's event loop
 * and do not block it.
 */
public interface NodeControl {

  /**
   * How far the node is with leaving.
   *
   * @param phase what it waits for
   * @param elapsedMillis since it began
   * @param timeoutMillis when it leaves whatever is unfinished
   * @param answering calls that its instances have begun and not answered
   */
  record DrainView(
      String nodeId, String phase, long elapsedMillis, long timeoutMillis, int answering) {}

  /**
   * What reading the configuration and the traffic policy again has changed.
   *
   * @param problem why it could not be used, so that the last good one stays; empty when it could
   * @param instances the verticles whose number of instances was changed, and what came of it
   * @param needRestart the keys that differ from what the node runs with
   */
  record Reloaded(String problem, Map<String, Scaled> instances, List<String> needRestart) {

    /** With what was wrong elsewhere in front of its own problem. */
    public Reloaded besides(String other) {
      String both = problem.isEmpty() || other.isEmpty() ? other + problem : other + "; " + problem;
      return new Reloaded(both, instances, needRestart);
    }
  }

  /** Begins to leave, or goes on with it; null while the node is still starting. */
  @Nullable DrainView drain();

  /** Changes the number of instances on this node. */
  Future<Scaled> scale(String verticle, int instances);

  /** Likewise on every node that runs the verticle; the answers by the nodes' ids. */
  Future<Map<String, Scaled>> scaleEverywhere(String verticle, int instances);

  /** Reads the configuration and the traffic policy again. */
  Future<Reloaded> reload();
}
