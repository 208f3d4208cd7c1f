package dev.starling.cluster.management;

import dev.starling.sdk.Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /scale}.
 *
 * @param everywhere on every node that runs the verticle, and not on this one alone
 */
record ScaleRequest(String verticle, int instances, boolean everywhere) {
  private static final List<String> KEYS = List.of("verticle", "instances", "scope");
  private static final String EXPECTED =
      "{\"verticle\":\"users\",\"instances\":4,\"scope\":\"node\" or \"cluster\"}";

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  static ScaleRequest parse(@Nullable Buffer body) {
    JsonObject json;
    try {
      json = body == null ? null : new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      json = null;
    }
    if (json == null) {
      throw new IllegalArgumentException("body: not a JSON object (expected: " + EXPECTED + ")");
    }
    for (String key : json.fieldNames()) {
      if (!KEYS.contains(key)) {
        String nearest = Settings.nearest(key, KEYS);
        throw new IllegalArgumentException(
            key
                + ": unknown key "
                + (nearest == null
                    ? "(expected: " + EXPECTED + ")"
                    : "(did you mean " + nearest + "?)"));
      }
    }
    if (!(json.getValue("verticle") instanceof String verticle) || verticle.isBlank()) {
      throw new IllegalArgumentException("verticle: (expected: the name of a verticle)");
    }
    if (!(json.getValue("instances") instanceof Integer instances)) {
      throw new IllegalArgumentException("instances: (expected: an integer)");
    }
    Object scope = json.getValue("scope", "node");
    if (!"node".equals(scope) && !"cluster".equals(scope)) {
      throw new IllegalArgumentException("scope: (expected: node or cluster)");
    }
    return new ScaleRequest(verticle, instances, "cluster".equals(scope));
  }
}
