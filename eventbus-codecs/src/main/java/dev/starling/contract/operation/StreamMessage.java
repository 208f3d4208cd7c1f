package dev.starling.contract.operation;

import dev.starling.bus.ItemCodec;
import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;

/** What the ends of an operation's stream send each other. */
public sealed interface StreamMessage {
  ItemCodec<StreamMessage> CODEC = new MessageCodec();

  /**
   * One item. A name or an id of more than one line is an {@link IllegalArgumentException}.
   *
   * @param event the event's name, for clients that tell events apart by it; empty for none
   * @param id where a client that comes back wants to go on; empty for none
   * @param data a JSON document, or a piece of a raw operation's body. Not copied: neither side may
   *     write to it
   */
  // The bytes go from whoever wrote them to the bus; nobody compares items.
  @SuppressWarnings("ArrayRecordComponent")
  record Item(String event, String id, byte[] data) implements StreamMessage {
    public Item {
      line("event", event);
      line("id", id);
    }

    private static void line(String what, String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n' || c == '\r' || c == 0) {
          throw new IllegalArgumentException(
              what + ": has a line break or NUL at " + i + " (expected: one line)");
        }
      }
    }
  }

  /**
   * From the service, the last message of a stream that cannot go on, for a reason that its client
   * should know. To the service, in place of an item that could not be passed on.
   */
  record Failed(OperationReply.Refused reason) implements StreamMessage {}

  /**
   * What became of an item that was sent to the service. Items count from 1, in the order in which
   * they were sent.
   */
  record Answered(long number, OperationReply reply) implements StreamMessage {}

  /** Bytes: kind, then the fields in the order of the record. */
  final class MessageCodec implements ItemCodec<StreamMessage> {
    private MessageCodec() {}

    @Override
    public void encode(StreamMessage value, WireWriter out) {
      if (value instanceof Item item) {
        out.writeByte(0);
        out.writeString(item.event());
        out.writeString(item.id());
        out.writeBytes(item.data());
      } else if (value instanceof Failed failed) {
        out.writeByte(1);
        OperationReply.CODEC.encode(failed.reason(), out);
      } else if (value instanceof Answered answered) {
        out.writeByte(2);
        out.writeVarLong(answered.number());
        OperationReply.CODEC.encode(answered.reply(), out);
      }
    }

    @Override
    public StreamMessage decode(WireReader in) {
      int kind = in.readByte();
      return switch (kind) {
        case 0 -> item(in);
        case 1 -> failed(in);
        case 2 -> new Answered(in.readVarLong(), OperationReply.CODEC.decode(in));
        default ->
            throw new MalformedFrameException("stream message: " + kind + " (expected: 0..2)");
      };
    }

    private static Item item(WireReader in) {
      try {
        return new Item(in.readString(), in.readString(), in.readBytes());
      } catch (IllegalArgumentException e) {
        throw new MalformedFrameException(e.getMessage());
      }
    }

    private static Failed failed(WireReader in) {
      if (OperationReply.CODEC.decode(in) instanceof OperationReply.Refused refused) {
        return new Failed(refused);
      }
      throw new MalformedFrameException("reason: done (expected: refused)");
    }

    @Override
    public int size(StreamMessage value) {
      if (value instanceof Item item) {
        return item.event().length() + item.id().length() + item.data().length;
      }
      if (value instanceof Answered answered) {
        return answered.reply() instanceof OperationReply.Done done ? done.body().length : 0;
      }
      return value instanceof Failed failed ? failed.reason().detail().length() : 0;
    }
  }
}
