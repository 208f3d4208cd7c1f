package dev.starling.sdk;

import dev.starling.bus.TraceContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that a trace shows, once it is over. Immutable.
 *
 * @param context its trace, and its own id in it
 * @param parent the id of the span that it is a part of; zero when it is the first of its trace
 * @param name one of few, e.g. {@code batch}
 * @param startNanos when it began, on {@link System#nanoTime()}
 * @param endNanos when it ended
 * @param attributes what is to be known of it, as {@code String}, {@code Long}, {@code Double} or
 *     {@code Boolean}
 * @param links spans that it has to do with, of any trace
 * @param failure why it failed; null when it did not
 */
public record Span(
    TraceContext context,
    long parent,
    String name,
    Kind kind,
    long startNanos,
    long endNanos,
    Map<String, Object> attributes,
    List<TraceContext> links,
    @Nullable String failure) {

  /** Its place between those who talk, as OpenTelemetry has it. */
  public enum Kind {
    /** Neither begins nor ends outside. */
    INTERNAL,
    /** Answers somebody who waits. */
    SERVER,
    /** Takes what lay in a queue. */
    CONSUMER
  }

  /**
   * @throws IllegalArgumentException when an attribute is of another type
   */
  public Span {
    attributes = Map.copyOf(attributes);
    links = List.copyOf(links);
    attributes.forEach(
        (key, value) -> {
          if (!(value instanceof String
              || value instanceof Long
              || value instanceof Double
              || value instanceof Boolean)) {
            throw new IllegalArgumentException(
                key
                    + ": "
                    + value.getClass().getSimpleName()
                    + " (expected: String, Long, Double or Boolean)");
          }
        });
  }
}
