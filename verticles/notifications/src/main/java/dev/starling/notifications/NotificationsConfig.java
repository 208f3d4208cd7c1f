package dev.starling.notifications;

import org.jspecify.annotations.Nullable;

/**
 * The section {@code notifications} of a node's configuration. Immutable.
 *
 * @param smtp how e-mail is sent
 * @param sms how text messages are sent
 */
public record NotificationsConfig(SmtpConfig smtp, SmsConfig sms) {

  public static NotificationsConfig defaults() {
    return new NotificationsConfig(SmtpConfig.defaults(), SmsConfig.defaults());
  }

  /**
   * @param url of the web-hook that gets the texts; empty for none
   */
  public record SmsConfig(String url) {
    public SmsConfig(@Nullable String url) {
      this.url = url == null ? "" : url.strip();
    }

    static SmsConfig defaults() {
      return new SmsConfig("");
    }

    boolean configured() {
      return !url.isEmpty();
    }
  }
}
