package dev.starling.postgres.shards;

import dev.starling.contract.operation.Violation;
import dev.starling.sdk.Call;
import dev.starling.sdk.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Function;

/**
 * Read-your-writes over HTTP: the header {@value Position#HEADER}, which a client gets with the
 * answer to a write and sends with its reads.
 *
 * <p>An operation that reads it declares {@code wants(Position.HEADER)}. Thread-safe, without
 * state.
 */
public final class PositionHeader {
  private static final String POINTER = "/header/" + Position.HEADER;
  private static final String EXPECTATION = "must be as an answer had it, such as home.0-1A2B3C4D";

  private PositionHeader() {}

  /**
   * Answers a read as fresh as its client needs it; refuses a header that no answer can have had.
   *
   * @param staleness how far behind the answer may be for everybody
   * @param read is given that, and what this client must see
   */
  public static <T> Future<Reply<T>> read(
      Call call, Duration staleness, Function<Freshness, Future<Reply<T>>> read) {
    String header = call.header(Position.HEADER);
    Freshness freshness = Freshness.within(staleness);
    if (header == null) {
      return read.apply(freshness);
    }
    Position position = Position.parse(header.strip());
    return position == null
        ? Future.succeededFuture(Reply.invalid(new Violation(POINTER, EXPECTATION)))
        : read.apply(freshness.after(position));
  }

  /** Gives the client of a write what its reads are to show. */
  public static <T> Reply<T> on(Reply<T> reply, Position position) {
    return reply.header(Position.HEADER, position.text());
  }
}
