package dev.starling.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.starling.bus.TraceContext;
import io.netty.util.AsciiString;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request its place in a trace and its id. Not thread-safe: an event loop keeps one.
 *
 * <p>Ids are not secrets and come from a fast generator.
 */
final class Tracing {
  /*
   * TraceContext.traceparent() makes half a dozen strings. Each answer has this header, so here it
   * is made as the bytes that Netty copies to the network, and the request id is a part of them.
   */
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

  private static final int MAX_REQUEST_ID = 64;
  private static final int SPAN_START = 36;
  private static final int SPAN_END = 52;

  private static final byte[] TEMPLATE = "00-".concat("-".repeat(52)).getBytes(US_ASCII);

  private final RandomGenerator random;
  private final long sampledBelow;

  /**
   * @param sampleRate the part of the traces beginning here that is sampled, 0..1
   */
  Tracing(RandomGenerator random, double sampleRate) {
    this.random = random;
    // Ids are evenly spread, so the rate's part of them is below; zero samples none.
    this.sampledBelow = (long) (sampleRate * 0x1p63);
  }

  /** The span of the edge: a child of what the client sent, or the first of a new trace. */
  TraceContext begin(@Nullable String traceparent, @Nullable String tracestate) {
    if (traceparent != null) {
      TraceContext parent = TraceContext.parse(traceparent, tracestate);
      if (parent != null) {
        return parent.child(random);
      }
    }
    TraceContext begun = TraceContext.start(random);
    return begun.traceLow() >>> 1 < sampledBelow ? begun.asSampled() : begun;
  }

  static AsciiString traceparent(TraceContext trace) {
    byte[] text = TEMPLATE.clone();
    put(text, trace.traceHigh(), 3, 16);
    put(text, trace.traceLow(), 19, 16);
    put(text, trace.span(), SPAN_START, 16);
    put(text, trace.flags(), 53, 2);
    return new AsciiString(text, false);
  }

  /**
   * The client's id when it is harmless to repeat, otherwise the id of the edge's span, which is
   * part of {@code traceparent} and finds the request in both places.
   */
  static CharSequence requestId(@Nullable String offered, AsciiString traceparent) {
    return offered != null && isRequestId(offered)
        ? offered
        : traceparent.subSequence(SPAN_START, SPAN_END, false);
  }

  static boolean isRequestId(String text) {
    int length = text.length();
    if (length < 1 || length > MAX_REQUEST_ID) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      boolean good =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '.'
              || c == '_'
              || c == '-';
      if (!good) {
        return false;
      }
    }
    return true;
  }

  private static void put(byte[] text, long value, int at, int digits) {
    for (int i = at + digits - 1; i >= at; i--) {
      text[i] = HEX[(int) value & 0xF];
      value >>>= 4;
    }
  }
}
