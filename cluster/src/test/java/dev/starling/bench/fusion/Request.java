package dev.starling.bench.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.load.User;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request that is made by itself. Immutable.
 *
 * @param path with its query
 * @param body none when it is empty
 */
record Request(String method, String path, Map<String, String> headers, byte[] body) {
  static final String EVENTS = "/v1/fusion/events";
  static final String ONE = "application/cloudevents+json";
  static final String BATCH = "application/cloudevents-batch+json";
  private static final String JSON = "application/json";
  private static final String CONTENT_TYPE = "content-type";

  static Request get(String path) {
    return new Request("GET", path, Map.of(), new byte[0]);
  }

  static Request delete(String path) {
    return new Request("DELETE", path, Map.of(), new byte[0]);
  }

  static Request put(String path, String json) {
    return new Request("PUT", path, Map.of(CONTENT_TYPE, JSON), json.getBytes(UTF_8));
  }

  static Request post(String path, String json) {
    return new Request("POST", path, Map.of(CONTENT_TYPE, JSON), json.getBytes(UTF_8));
  }

  /**
   * Events.
   *
   * @param contentType says how they are written
   */
  static Request events(String contentType, byte[] body) {
    return new Request("POST", EVENTS, Map.of(CONTENT_TYPE, contentType), body);
  }

  /** Events, as a list in JSON. */
  static Request batch(String events) {
    return events(BATCH, events.getBytes(UTF_8));
  }

  Request by(User user) {
    return with("authorization", "Bearer " + user.token());
  }

  Request with(String header, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(header, value);
    return new Request(method, path, Map.copyOf(more), body);
  }
}
