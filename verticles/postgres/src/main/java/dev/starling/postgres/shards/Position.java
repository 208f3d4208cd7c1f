package dev.starling.postgres.shards;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in the write-ahead log of a database: everything committed before it was taken comes
 * before it.
 *
 * <p>Immutable. As text it is what a client who wrote keeps and sends with its next read, to any
 * node: {@code north.0-1A2B3C4D}. It is no secret and grants nothing; one that lies only makes the
 * primary answer.
 *
 * @param database the name of the database
 * @param lsn bytes since the log began
 */
public record Position(String database, long lsn) {
  /** The request and response header that carries it. */
  public static final String HEADER = "starling-position";

  private static final Pattern TEXT =
      Pattern.compile("([a-z][a-z0-9-]{0,30})\\.([0-9A-F]{1,8})-([0-9A-F]{1,8})");

  private static final int LOW_BITS = 32;
  private static final long LOW_MASK = 0xFFFF_FFFFL;
  private static final int HEX = 16;

  /** The position that a text stands for, or null when no answer contained it. */
  public static @Nullable Position parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? new Position(matcher.group(1), lsn(matcher.group(2), matcher.group(3)))
        : null;
  }

  /** Reads {@code 0/1A2B3C4D}, as the server writes it. */
  static Position ofServer(String database, String lsn) {
    int slash = lsn.indexOf('/');
    return new Position(database, lsn(lsn.substring(0, slash), lsn.substring(slash + 1)));
  }

  public String text() {
    return "%s.%X-%X".formatted(database, lsn >>> LOW_BITS, lsn & LOW_MASK);
  }

  private static long lsn(String high, String low) {
    return Long.parseLong(high, HEX) << LOW_BITS | Long.parseLong(low, HEX);
  }
}
