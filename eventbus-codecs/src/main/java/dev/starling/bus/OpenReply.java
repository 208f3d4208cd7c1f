package dev.starling.bus;

import dev.starling.codec.Codec;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request to open a stream.
 *
 * @param accepted null when there is no stream
 * @param answer the contract's own answer
 */
record OpenReply<A>(@Nullable Accepted accepted, A answer) {

  /**
   * The stream is open.
   *
   * @param served the end that it has at the service
   * @param credit what the caller may send at once
   */
  record Accepted(StreamEnd served, Credit credit) {}

  /** Bytes: whether accepted, if so served and credit, then the answer. */
  record Format<A>(Codec<A> answer) implements Codec<OpenReply<A>> {
    @Override
    public void encode(OpenReply<A> value, WireWriter out) {
      Accepted accepted = value.accepted;
      out.writeBoolean(accepted != null);
      if (accepted != null) {
        accepted.served.encode(out);
        accepted.credit.encode(out);
      }
      answer.encode(value.answer, out);
    }

    @Override
    public OpenReply<A> decode(WireReader in) {
      Accepted accepted =
          in.readBoolean() ? new Accepted(StreamEnd.decode(in), Credit.decode(in)) : null;
      return new OpenReply<>(accepted, answer.decode(in));
    }
  }
}
