package dev.starling.notifications;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the mail server gives a sign of life, as the instances of a node have seen it; says once
 * that it is gone, or back. Thread-safe.
 */
final class MailServerPulse {
  private static final Logger log = LoggerFactory.getLogger(MailServerPulse.class);

  private final AtomicLong answers = new AtomicLong();
  private final AtomicBoolean away = new AtomicBoolean();

  /** How often it has answered a mail, whatever it said. */
  long answers() {
    return answers.get();
  }

  void answered() {
    answers.incrementAndGet();
    if (away.compareAndSet(true, false)) {
      log.info("The mail server answers again");
    }
  }

  void unreachable(String why) {
    if (away.compareAndSet(false, true)) {
      log.warn("{}; mails wait for it", why);
    }
  }
}
