package dev.starling.fusion.core;

import java.time.Instant;
import java.util.Objects;

/**
 * Something that a user said, or that one of the user's devices saw or did. Immutable.
 *
 * @param source who says so, {@code /devices/{deviceId}}
 * @param id unique for its source
 * @param deviceId the device in {@code source}
 * @param time when it happened, by the device's clock
 * @param sentAt what the device's clock said when it was sent; {@code time} when the device does
 *     not tell
 * @param receivedAt when it was accepted, by the server's clock
 * @param content what happened
 */
public record FusionEvent(
    String source,
    String id,
    String deviceId,
    Instant time,
    Instant sentAt,
    Instant receivedAt,
    Content content) {
  public FusionEvent {
    Objects.requireNonNull(content);
  }

  /** What names it among the events of its user. */
  public Key key() {
    return new Key(source, id);
  }

  /** Source and id, which two events of a user never share. Ordered by both. */
  public record Key(String source, String id) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int bySource = source.compareTo(other.source);
      return bySource != 0 ? bySource : id.compareTo(other.id);
    }
  }
}
