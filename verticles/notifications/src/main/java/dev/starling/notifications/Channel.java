package dev.starling.notifications;

import java.util.Locale;

/** A way of sending notifications. */
enum Channel {
  EMAIL("mailer"),
  SMS("texter");

  private final String consumer;

  Channel(String consumer) {
    this.consumer = consumer;
  }

  /** Who sends what is requested. */
  String consumer() {
    return consumer;
  }

  /** As it is stored and shown. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
