package dev.starling.chaos.orders;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeInfo.Id;
import java.util.Map;

/** What a client asks for. Immutable. */
@JsonTypeInfo(use = Id.NAME, property = "call")
@JsonSubTypes({
  @Type(value = Call.Place.class, name = "place"),
  @Type(value = Call.Read.class, name = "read"),
  @Type(value = Call.Browse.class, name = "browse"),
  @Type(value = Call.Cancel.class, name = "cancel"),
  @Type(value = Call.Look.class, name = "look")
})
sealed interface Call {
  /** The id of the user who asks. */
  String user();

  /**
   * Places an order. Two with the same key are the same order if they have the same lines.
   *
   * @param lines quantity by article
   */
  record Place(String user, String key, Map<String, Integer> lines) implements Call {
    public Place {
      lines = Map.copyOf(lines);
    }
  }

  /**
   * Reads an order.
   *
   * @param after the position that the client shows to be given nothing older; empty for none
   */
  record Read(String user, String order, String after) implements Call {}

  /** Reads the first page of the user's orders, the newest first. */
  record Browse(String user, int limit, String after) implements Call {}

  record Cancel(String user, String order) implements Call {}

  /** Looks how many of an article are left. */
  record Look(String user, String sku) implements Call {}
}
