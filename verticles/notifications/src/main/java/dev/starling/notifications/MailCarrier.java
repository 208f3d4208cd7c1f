package dev.starling.notifications;

import dev.starling.bus.Bus;
import dev.starling.bus.BusException;
import dev.starling.bus.CallContext;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.event.EventContract.Settled;
import dev.starling.contract.users.UsersContract;
import dev.starling.contract.users.UsersContract.Find;
import dev.starling.contract.users.UsersContract.Found;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends notifications as e-mail. Confined to the context of its instance. */
final class MailCarrier implements Carrier {
  /**
   * Replies that say there is no such mailbox; others may say so only because of a mistake of ours.
   */
  private static final Set<Integer> NO_SUCH_MAILBOX = Set.of(550, 551, 553);

  private static final int CLOSING = 421;

  private final MailClient client;
  private final SmtpConfig config;
  private final Bus bus;
  private final MailServerPulse pulse;

  /**
   * @param pulse of the server, shared by the instances of a node
   */
  MailCarrier(MailClient client, SmtpConfig config, Bus bus, MailServerPulse pulse) {
    this.client = client;
    this.config = config;
    this.bus = bus;
    this.pulse = pulse;
  }

  static MailConfig options(SmtpConfig config) {
    // The client compares the certificate's name by itself, and does not when it is told how to:
    // so no algorithm is set here (vertx-mail-client 5.0.8). MailerTest holds it to that.
    MailConfig options =
        new MailConfig()
            .setHostname(config.host())
            .setPort(config.port())
            .setSsl(config.tls() == SmtpConfig.Encryption.TLS)
            .setStarttls(
                config.tls() == SmtpConfig.Encryption.STARTTLS
                    ? StartTLSOptions.REQUIRED
                    : StartTLSOptions.DISABLED)
            .setLogin(config.username().isEmpty() ? LoginOption.DISABLED : LoginOption.REQUIRED)
            .setMaxPoolSize(config.maxInFlight())
            .setConnectTimeout((int) config.timeout().toMillis())
            // A server that says nothing more keeps no connection.
            .setIdleTimeout((int) config.timeout().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setKeepAliveTimeout((int) config.timeout().toMillis())
            .setKeepAliveTimeoutUnit(TimeUnit.MILLISECONDS);
    if (!config.username().isEmpty()) {
      options.setUsername(config.username()).setPassword(config.password().value());
    }
    if (!config.ca().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(config.ca()));
    }
    return options;
  }

  @Override
  public Future<Settled> send(Notification notification, String requestId, CallContext context) {
    return bus.call(UsersContract.FIND, new Find(notification.userId().toString(), ""), context)
        .compose(
            finding ->
                finding instanceof Found found
                    ? mail(notification, requestId, found.email(), context)
                    : Dispatch.never("there is no such user any more"))
        .recover(
            failure ->
                Dispatch.isAway(failure)
                    ? Future.failedFuture(failure)
                    : Dispatch.later(String.valueOf(failure.getMessage())));
  }

  private Future<Settled> mail(
      Notification notification, String requestId, String address, CallContext context) {
    if (!SmtpConfig.isAddress(address)) {
      return Dispatch.never("the user's address is none that mail can be sent to");
    }
    MailMessage message =
        new MailMessage()
            .setFrom(config.from())
            .setTo(address)
            .setSubject(notification.subject())
            .setText(notification.text())
            .setHeaders(
                MultiMap.caseInsensitiveMultiMap()
                    .add("Message-ID", "<" + requestId + "@" + config.domain() + ">")
                    .add("Auto-Submitted", "auto-generated"));
    long millis = Math.max(1, context.remaining(System.nanoTime()).toMillis());
    long answersBefore = pulse.answers();
    return client
        .sendMail(message)
        .timeout(millis, TimeUnit.MILLISECONDS)
        .onSuccess(sent -> pulse.answered())
        .map(sent -> Settled.DONE)
        .recover(failure -> judge(failure, answersBefore));
  }

  private Future<Settled> judge(Throwable failure, long answersBefore) {
    if (isUnreachable(failure) && pulse.answers() == answersBefore) {
      return away(failure);
    }
    if (failure instanceof SMTPException refusal) {
      pulse.answered();
      if (NO_SUCH_MAILBOX.contains(refusal.getReplyCode())) {
        return Dispatch.never("the mail server answered " + refusal.getReplyCode());
      }
    }
    return Dispatch.later("mail: " + failure.getMessage());
  }

  /**
   * Whether there was no mail server to talk to: no connection, no certificate that is its own,
   * silence, or its word that it closes (RFC 5321 §3.8). When it answered somebody else meanwhile,
   * it may be this mail that it does so for.
   */
  private static boolean isUnreachable(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof TimeoutException
        || failure instanceof SMTPException reply && reply.getReplyCode() == CLOSING;
  }

  private Future<Settled> away(Throwable failure) {
    String why =
        "the mail server %s:%d cannot be reached: %s"
            .formatted(config.host(), config.port(), failure.getMessage());
    pulse.unreachable(why);
    return Future.failedFuture(new BusException(ErrorCode.UNAVAILABLE, why));
  }
}
