package dev.starling.bus;

import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Sends bytes that are too large for one message over a stream, piece by piece, as its peer takes
 * them. The peer puts them together in a {@link PieceBuffer}.
 *
 * <p>Confined to the context of its stream, whose {@code onWritable} it takes over.
 */
public final class Pieces<S> {
  /** A quarter of a stream's window, so that a peer takes one while others are on their way. */
  public static final int PIECE_BYTES = 64 * 1024;

  /** Of streams that carry nothing but pieces. */
  public static final ItemCodec<byte[]> CODEC = new PieceCodec();

  private final BusStream<S, ?> stream;
  private final byte[] bytes;
  private final Function<byte[], S> item;
  private final Runnable sent;
  private int position;
  private boolean done;

  private Pieces(BusStream<S, ?> stream, byte[] bytes, Function<byte[], S> item, Runnable sent) {
    this.stream = stream;
    this.bytes = bytes;
    this.item = item;
    this.sent = sent;
  }

  /**
   * Sends {@code bytes}, which nobody may write to meanwhile.
   *
   * @param item makes an item of a piece
   * @param sent is called once when the last piece was handed to the stream; never when the stream
   *     is closed before
   */
  public static <S> void send(
      BusStream<S, ?> stream, byte[] bytes, Function<byte[], S> item, Runnable sent) {
    Pieces<S> pieces = new Pieces<>(stream, bytes, item, sent);
    stream.onWritable(pieces::proceed);
    pieces.proceed();
  }

  private void proceed() {
    while (position < bytes.length && stream.isWritable()) {
      int end = Math.min(bytes.length, position + PIECE_BYTES);
      byte[] piece = Arrays.copyOfRange(bytes, position, end);
      position = end;
      stream.send(item.apply(piece));
    }
    if (position == bytes.length && !done && !stream.isClosed()) {
      done = true;
      sent.run();
    }
  }

  private static final class PieceCodec implements ItemCodec<byte[]> {
    @Override
    public void encode(byte[] value, WireWriter out) {
      out.writeBytes(value);
    }

    @Override
    public byte[] decode(WireReader in) {
      return in.readBytes();
    }

    @Override
    public int size(byte[] piece) {
      return piece.length;
    }
  }
}
