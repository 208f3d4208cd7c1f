package dev.starling.cluster.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A configuration that was found to be valid.
 *
 * @param node the node's own part
 * @param verticles which verticles to run
 * @param available every verticle that was found, whether it is to run or not
 * @param tree everything, secrets included; verticles read their sections from it
 * @param masked everything, fit to be shown
 * @param source the file that was read, or "defaults"
 * @param warnings for the operator
 */
public record LoadedConfig(
    NodeConfig node,
    VerticlesConfig verticles,
    VerticleLoader available,
    ObjectNode tree,
    ObjectNode masked,
    String source,
    List<String> warnings) {
  /** The source when there is no file. */
  public static final String DEFAULTS = "defaults";
}
