package dev.starling.bench.fusion;

import java.time.Instant;

/**
 * Writes CloudEvents. The texts that it is given need no escaping.
 *
 * <p>Not thread-safe.
 */
final class EventJson {
  private static final String TYPE = "dev.starling.fusion.";

  private final StringBuilder json = new StringBuilder();

  /** Where and when something happened. */
  record Origin(String device, String id, Instant time, Instant sent) {}

  EventJson behaviour(Origin origin, String action, String attribute, String value) {
    begin(origin, "behaviour");
    json.append("{\"action\":\"").append(action).append("\",\"attributes\":{\"");
    json.append(attribute).append("\":\"").append(value).append("\"}}}");
    return this;
  }

  /**
   * A picture that stays where it is.
   *
   * @param caption with which it has one label too; empty for none
   */
  EventJson image(Origin origin, String imageId, String caption, String label) {
    begin(origin, "image");
    json.append("{\"image_id\":\"").append(imageId);
    json.append("\",\"url\":\"https://pictures.invalid/").append(imageId).append('"');
    if (!caption.isEmpty()) {
      json.append(",\"caption\":\"").append(caption);
      json.append("\",\"labels\":[\"").append(label).append("\"]");
    }
    json.append("}}");
    return this;
  }

  EventJson speech(Origin origin, String transcript) {
    begin(origin, "speech");
    json.append("{\"transcript\":\"").append(transcript);
    json.append("\",\"confidence\":0.93,\"language\":\"en\"}}");
    return this;
  }

  private void begin(Origin origin, String type) {
    json.append(json.isEmpty() ? '[' : ',');
    json.append("{\"specversion\":\"1.0\",\"id\":\"").append(origin.id);
    json.append("\",\"source\":\"").append(source(origin.device));
    json.append("\",\"type\":\"").append(TYPE).append(type);
    json.append("\",\"time\":\"").append(origin.time);
    json.append("\",\"sentat\":\"").append(origin.sent);
    json.append("\",\"data\":");
  }

  static String source(String device) {
    return "/devices/" + device;
  }

  /** All of them, as a list. */
  String list() {
    return json + "]";
  }

  /** The one that there is. */
  String one() {
    return json.substring(1);
  }
}
