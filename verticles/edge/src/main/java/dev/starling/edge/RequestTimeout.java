package dev.starling.edge;

import org.jspecify.annotations.Nullable;

/**
 * Reads how long a client is willing to wait: {@code X-Request-Timeout-Ms}, a positive integer, or
 * {@code grpc-timeout} as the gRPC over HTTP/2 protocol defines it (one to eight digits and a
 * unit). Clients can only ask for less than what the operation allows.
 */
final class RequestTimeout {
  /** Neither header was sent. */
  static final long NONE = Long.MAX_VALUE;

  /** A header was sent that cannot be read. */
  static final long INVALID = -1;

  private static final int MAX_DIGITS = 8;

  private RequestTimeout() {}

  /** The shorter of the two in milliseconds, at least 1; {@link #NONE} or {@link #INVALID}. */
  static long millis(@Nullable String requestTimeoutMs, @Nullable String grpcTimeout) {
    long own =
        requestTimeoutMs == null ? NONE : number(requestTimeoutMs, requestTimeoutMs.length());
    long grpc = grpcTimeout == null ? NONE : grpc(grpcTimeout);
    return Math.min(own, grpc);
  }

  private static long grpc(String text) {
    int digits = text.length() - 1;
    long amount = number(text, digits);
    if (amount == INVALID) {
      return INVALID;
    }
    return switch (text.charAt(digits)) {
      case 'H' -> amount * 3_600_000;
      case 'M' -> amount * 60_000;
      case 'S' -> amount * 1_000;
      case 'm' -> amount;
      case 'u' -> (amount + 999) / 1_000;
      case 'n' -> (amount + 999_999) / 1_000_000;
      default -> INVALID;
    };
  }

  private static long number(String text, int digits) {
    if (digits < 1 || digits > MAX_DIGITS) {
      return INVALID;
    }
    long value = 0;
    for (int i = 0; i < digits; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return INVALID;
      }
      value = value * 10 + (c - '0');
    }
    return value == 0 ? INVALID : value;
  }
}
