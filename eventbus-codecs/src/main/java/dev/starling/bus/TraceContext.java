package dev.starling.bus;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a call belongs to, as W3C Trace Context Level 1 defines it.
 *
 * @param traceHigh the first eight bytes of the trace id
 * @param traceLow the last eight bytes; not both halves are zero
 * @param span the id of the span that makes this call; not zero
 * @param flags the trace flags; bit 0 is <em>sampled</em>, the others are zero
 * @param state the {@code tracestate} header, passed on unread; empty for none
 */
public record TraceContext(long traceHigh, long traceLow, long span, byte flags, String state) {
  private static final HexFormat HEX = HexFormat.of();
  // 00-<32 hex digits>-<16>-<2>
  private static final int LENGTH = 55;
  private static final int SAMPLED = 1;

  /** A new trace that is not sampled. */
  public static TraceContext start(RandomGenerator random) {
    // The low bit is set so that no id is all zero, which the standard forbids.
    return new TraceContext(
        random.nextLong(), random.nextLong() | 1, random.nextLong() | 1, (byte) 0, "");
  }

  /** The same trace with a new span id. */
  public TraceContext child(RandomGenerator random) {
    return new TraceContext(traceHigh, traceLow, random.nextLong() | 1, flags, state);
  }

  /** The same span of a trace that is sampled. */
  public TraceContext asSampled() {
    return new TraceContext(traceHigh, traceLow, span, (byte) (flags | SAMPLED), state);
  }

  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  /** Reads a {@code traceparent} header; null when it is not a valid one. */
  public static @Nullable TraceContext parse(String traceparent, @Nullable String tracestate) {
    if (traceparent.length() < LENGTH
        || traceparent.charAt(2) != '-'
        || traceparent.charAt(35) != '-'
        || traceparent.charAt(52) != '-') {
      return null;
    }
    int version = hexByte(traceparent, 0);
    int flags = hexByte(traceparent, 53);
    // Version 00 has nothing after the flags; later versions may, behind another dash.
    boolean tail = traceparent.length() > LENGTH;
    if (version < 0 || version == 0xFF || flags < 0) {
      return null;
    }
    if (tail && (version == 0 || traceparent.charAt(LENGTH) != '-')) {
      return null;
    }
    if (!isLowerHex(traceparent, 3, 35) || !isLowerHex(traceparent, 36, 52)) {
      return null;
    }
    long high = HexFormat.fromHexDigitsToLong(traceparent, 3, 19);
    long low = HexFormat.fromHexDigitsToLong(traceparent, 19, 35);
    long span = HexFormat.fromHexDigitsToLong(traceparent, 36, 52);
    if ((high | low) == 0 || span == 0) {
      return null;
    }
    // What the other bits mean is not defined, so they must not be passed on (section 3.2.2.5.2).
    byte known = (byte) (flags & SAMPLED);
    return new TraceContext(high, low, span, known, tracestate == null ? "" : tracestate);
  }

  /** The trace id as 32 hexadecimal digits. */
  public String traceId() {
    return HEX.toHexDigits(traceHigh) + HEX.toHexDigits(traceLow);
  }

  /** This context as a {@code traceparent} header. */
  public String traceparent() {
    return new StringBuilder(LENGTH)
        .append("00-")
        .append(HEX.toHexDigits(traceHigh))
        .append(HEX.toHexDigits(traceLow))
        .append('-')
        .append(HEX.toHexDigits(span))
        .append('-')
        .append(HEX.toHexDigits(flags))
        .toString();
  }

  private static boolean isLowerHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isLowerHex(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLowerHex(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }

  private static int hexByte(String text, int at) {
    return isLowerHex(text, at, at + 2) ? HexFormat.fromHexDigits(text, at, at + 2) : -1;
  }
}
