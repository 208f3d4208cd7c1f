package dev.starling.edge;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a client gets the items of a stream. */
enum Delivery {
  /** Server-sent events, as the HTML standard defines them. */
  EVENTS("text/event-stream"),
  /** One JSON document a line. */
  LINES("application/x-ndjson"),
  /** Text messages of a WebSocket (RFC 6455). */
  SOCKET("");

  private final String mediaType;

  Delivery(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /**
   * What an {@code Accept} header asks for (RFC 9110 §12.5.1): of those that are wanted most, the
   * one that is named most exactly. Who has no wish gets lines.
   *
   * @return null when it takes neither events nor lines
   */
  static @Nullable Delivery accepted(@Nullable String accept) {
    if (accept == null || accept.isBlank()) {
      return LINES;
    }
    double events = quality(accept, EVENTS.mediaType);
    double lines = quality(accept, LINES.mediaType);
    if (events <= 0 && lines <= 0) {
      return null;
    }
    return events > lines ? EVENTS : LINES;
  }

  /** Likewise where there are only lines: null when the client does not take them. */
  static @Nullable Delivery acceptedLines(@Nullable String accept) {
    boolean takes = accept == null || accept.isBlank() || quality(accept, LINES.mediaType) > 0;
    return takes ? LINES : null;
  }

  /** The weight of a media type, a little more the more exactly it is named; zero for none. */
  private static double quality(String accept, String mediaType) {
    double best = 0;
    int exactness = 0;
    for (String range : accept.split(",", -1)) {
      String[] parts = range.split(";", -1);
      int match = exactness(parts[0].trim().toLowerCase(Locale.ROOT), mediaType);
      if (match > exactness) {
        exactness = match;
        double weight = weight(parts);
        best = weight == 0 ? 0 : weight + match / 10_000.0;
      }
    }
    return best;
  }

  private static int exactness(String range, String mediaType) {
    if (range.equals(mediaType)) {
      return 3;
    } else if (range.equals(mediaType.substring(0, mediaType.indexOf('/')) + "/*")) {
      return 2;
    }
    return range.equals("*/*") ? 1 : 0;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim();
      if (parameter.startsWith("q=") || parameter.startsWith("Q=")) {
        try {
          return Math.max(0, Math.min(1, Double.parseDouble(parameter.substring(2))));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
