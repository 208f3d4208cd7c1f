package dev.starling.webhook;

/**
 * A message for a receiver.
 *
 * @param id the same at every attempt, so that the receiver knows one that it had; without a dot
 * @param url where to, as somebody wrote it
 * @param json the body
 */
public record Delivery(String id, String url, String json) {
  public Delivery {
    // The signature covers "id.timestamp.body": a dot in the id would make two readings of it.
    if (id.isEmpty() || id.indexOf('.') >= 0) {
      throw new IllegalArgumentException("id: " + id + " (expected: text without a dot)");
    }
  }
}
