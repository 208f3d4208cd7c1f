package dev.starling.notifications;

import dev.starling.contract.event.EventContract;
import dev.starling.postgres.outbox.BookingDelay;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.Instances;
import dev.starling.sdk.ServiceVerticle;
import io.vertx.core.Future;
import io.vertx.ext.mail.MailClient;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends the e-mail that notifications request. Without a mail server in its configuration it takes
 * nothing, so requests wait for a node that has one.
 *
 * <p>Its settings are those of {@link NotificationsVerticle}.
 */
public final class MailerVerticle extends ServiceVerticle {
  private @Nullable MailClient client;

  @Override
  public Set<Class<?>> needs() {
    return Set.of(Shards.class);
  }

  /** It waits for a mail server most of the time. */
  @Override
  public Instances defaultInstances() {
    return new Instances(1);
  }

  @Override
  protected Future<?> open() {
    SmtpConfig config = node().config(Schema.SECTION, NotificationsConfig.defaults()).smtp();
    if (!config.configured()) {
      return Future.succeededFuture();
    }
    Shards shards = node().resource(Shards.class);
    MailClient opened = MailClient.create(vertx, MailCarrier.options(config));
    client = opened;
    Dispatch dispatch =
        new Dispatch(
            new NotificationStore(shards),
            Channel.EMAIL,
            new MailCarrier(
                opened, config, bus(), node().shared("mailer:pulse", MailServerPulse::new)),
            config.timeout(),
            config.maxInFlight(),
            node().clock());
    return Schema.prepare(node(), shards)
        .compose(
            prepared ->
                serve(
                    EventContract.deliver(name()),
                    BookingDelay.measured(node(), name(), dispatch::receive)));
  }

  @Override
  protected Future<?> shut() {
    return client == null ? Future.succeededFuture() : client.close();
  }
}
