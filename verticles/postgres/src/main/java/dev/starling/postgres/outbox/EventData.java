package dev.starling.postgres.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Json;
import dev.starling.sdk.Uuids;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads what other services wrote into events: fields that the reader does not know are ignored,
 * for a newer writer may add some; fields that it needs must be there.
 *
 * <p>Thread-safe, without state. What cannot be read is {@link EventRefused}.
 */
public final class EventData {
  private static final ObjectMapper SPARSE =
      Json.MAPPER.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final ObjectMapper COMPLETE =
      SPARSE
          .copy()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  private EventData() {}

  /**
   * The data of an event as a record.
   *
   * @param shard that the event came from
   * @param owner finds the user whom the data tells of, which must be the event's owner, and one of
   *     the shard: the effect would be written where nobody looks for it
   */
  public static <T extends Record> T read(
      Event event, int shard, Class<T> type, Function<T, UUID> owner) {
    T data = parse(COMPLETE, event, type);
    UUID user = owner.apply(data);
    if (!user.toString().equals(event.owner())) {
      throw new EventRefused(
          "the owner is %s (expected: %s, of whom the data tells)".formatted(event.owner(), user));
    }
    check(user, shard);
    return data;
  }

  /**
   * The data of an event as a record some of whose fields may be null or missing: the record itself
   * refuses those that may not. It names no user; that is the event's owner, who must be one of the
   * shard.
   *
   * @param shard that the event came from
   */
  public static <T extends Record> T readSparse(Event event, int shard, Class<T> type) {
    T data = parse(SPARSE, event, type);
    check(owner(event), shard);
    return data;
  }

  /** The user whom an event belongs to. */
  public static UUID owner(Event event) {
    UUID owner = Uuids.parse(event.owner());
    if (owner == null) {
      throw new EventRefused("the owner is " + event.owner() + " (expected: a UUID)");
    }
    return owner;
  }

  private static <T extends Record> T parse(ObjectMapper mapper, Event event, Class<T> type) {
    T data;
    try {
      data = mapper.readValue(event.data(), type);
    } catch (JsonProcessingException e) {
      throw new EventRefused("the data of %s is unusable: %s".formatted(event.type(), readable(e)));
    }
    if (data == null) {
      throw new EventRefused("the data of " + event.type() + " is null (expected: an object)");
    }
    return data;
  }

  private static void check(UUID user, int shard) {
    if (Shards.of(user) != shard) {
      throw new EventRefused(
          "it came from %s (expected: %s, which is its owner's)"
              .formatted(Shards.schema(shard), Shards.schema(Shards.of(user))));
    }
  }

  /** Without the parser's notes for programmers, which follow in brackets. */
  private static String readable(JsonProcessingException failure) {
    String message = failure.getOriginalMessage().lines().findFirst().orElse("");
    int notes = message.indexOf(" (index ");
    return notes < 0 ? message : message.substring(0, notes);
  }
}
