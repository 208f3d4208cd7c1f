package dev.starling.contract.event;

import dev.starling.bus.Address;
import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.List;

/**
 * Brings events from the outbox to a consumer.
 *
 * <p>Delivered at least once, and in order for each aggregate: an event is sent when all earlier
 * ones of its aggregate are settled. A consumer books each event once, by its id, in the
 * transaction of the effect.
 */
public final class EventContract {
  private static final Codec<EventBatch> BATCH = new BatchCodec();
  private static final Codec<Receipt> RECEIPT = new ReceiptCodec();

  private EventContract() {}

  /**
   * Where a consumer takes events.
   *
   * <p>Address {@code <consumer>/events.v1}; {@link EventBatch} → {@link Receipt} with a verdict
   * for each event, in the same order. Delivery: at least once, safe to retry. What the verdict
   * {@link Verdict#DONE} is given for is committed.
   *
   * @param consumer the service
   */
  public static Address<EventBatch, Receipt> deliver(String consumer) {
    return new Address<>(consumer, "events.v1", BATCH, RECEIPT);
  }

  /**
   * Events of one shard.
   *
   * @param shard the shard that they come from, in which their owners' data is
   */
  public record EventBatch(int shard, List<Event> events) {
    public EventBatch {
      events = List.copyOf(events);
    }
  }

  /**
   * Something that happened: a CloudEvent 1.0.
   *
   * @param id unique for its source; a UUID
   * @param source who says so, e.g. {@code /starling/orders}
   * @param type what happened, e.g. {@code dev.starling.order.placed}
   * @param subject whom or what it happened to
   * @param aggregate events with the same one are delivered in order
   * @param owner the user whose shard it is in; a UUID
   * @param time when, RFC 3339 in UTC
   * @param traceparent of the request that caused it; empty for none
   * @param data JSON
   */
  public record Event(
      String id,
      String source,
      String type,
      String subject,
      String aggregate,
      String owner,
      String time,
      String traceparent,
      String data) {}

  /** What became of an event at a consumer; new ones are added at the end. */
  public enum Verdict {
    /** Its effect is committed, now or earlier. */
    DONE,
    /** Not now; it is to be sent again later. */
    LATER,
    /** It can never be done. */
    NEVER,
    /**
     * It was not tried, or it is under way: it is to be sent again after a pause, and that counts
     * as no attempt. What it waits for is no fault of it.
     */
    POSTPONED
  }

  /**
   * @param reason for operators; empty when done
   */
  public record Settled(Verdict verdict, String reason) {
    /** Its effect is committed. */
    public static final Settled DONE = new Settled(Verdict.DONE, "");
  }

  /** One for each event of the batch, in its order. */
  public record Receipt(List<Settled> events) {
    public Receipt {
      events = List.copyOf(events);
    }
  }

  private static final class BatchCodec implements Codec<EventBatch> {
    @Override
    public void encode(EventBatch value, WireWriter out) {
      out.writeVarInt(value.shard());
      out.writeAll(value.events(), BatchCodec::event);
    }

    private static void event(WireWriter out, Event event) {
      out.writeString(event.id());
      out.writeString(event.source());
      out.writeString(event.type());
      out.writeString(event.subject());
      out.writeString(event.aggregate());
      out.writeString(event.owner());
      out.writeString(event.time());
      out.writeString(event.traceparent());
      out.writeString(event.data());
    }

    @Override
    public EventBatch decode(WireReader in) {
      return new EventBatch(
          in.readVarInt(),
          in.readAll(
              event ->
                  new Event(
                      event.readString(),
                      event.readString(),
                      event.readString(),
                      event.readString(),
                      event.readString(),
                      event.readString(),
                      event.readString(),
                      event.readString(),
                      event.readString())));
    }
  }

  private static final class ReceiptCodec implements Codec<Receipt> {
    private static final Verdict[] VERDICTS = Verdict.values();

    @Override
    public void encode(Receipt value, WireWriter out) {
      out.writeAll(
          value.events(),
          (each, settled) -> {
            each.writeEnum(settled.verdict());
            each.writeString(settled.reason());
          });
    }

    @Override
    public Receipt decode(WireReader in) {
      return new Receipt(
          in.readAll(each -> new Settled(each.readEnum(VERDICTS), each.readString())));
    }
  }
}
