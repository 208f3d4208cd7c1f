package dev.starling.fusion;

import java.util.Locale;

/** The content types that events come in. Without state. */
final class MediaTypes {
  static final String ONE = "application/cloudevents+json";
  static final String BATCH = "application/cloudevents-batch+json";
  static final String JSON = "application/json";
  static final String TEXT = "text/plain";
  static final String JPEG = "image/jpeg";
  static final String PNG = "image/png";

  private MediaTypes() {}

  /** In lower case and without parameters. */
  static String bare(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** Whether its text is UTF-8, as far as it says. */
  static boolean isUtf8(String contentType) {
    String lower = contentType.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("charset=");
    return at < 0 || lower.substring(at + "charset=".length()).matches("\"?utf-?8\"?\\s*(;.*)?");
  }

  static boolean isPicture(String bare) {
    return bare.equals(JPEG) || bare.equals(PNG);
  }
}
