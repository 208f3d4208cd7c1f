package dev.starling.notifications;

import dev.starling.bus.CallContext;
import dev.starling.postgres.shards.Freshness;
import dev.starling.postgres.shards.ShardSql;
import dev.starling.postgres.shards.Shards;
import dev.starling.sdk.PageCursor;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements on the notifications of each shard. Thread-safe, without state. */
final class NotificationStore {
  /** Notifications follow their events after a moment anyway; a replica that is near will do. */
  private static final Freshness FRESH_ENOUGH = Freshness.within(Duration.ofSeconds(1));

  private static final ShardSql ADD =
      new ShardSql(
          """
          INSERT INTO {shard}.notifications (id, user_id, kind, subject, text, created_at)
          SELECT * FROM unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
          ON CONFLICT DO NOTHING
          RETURNING id""");

  private static final ShardSql REQUEST =
      new ShardSql(
          """
          INSERT INTO {shard}.notification_channels (notification, channel, state)
          SELECT notification, channel, 'requested'
          FROM unnest($1::uuid[]) AS notification, unnest($2::text[]) AS channel""");

  private static final ShardSql PAGE =
      new ShardSql(
          """
          SELECT told.id, told.kind, told.text, told.created_at, email.state AS email,
            sms.state AS sms, least(email.sent_at, sms.sent_at) AS sent_at
          FROM {shard}.notifications AS told
          LEFT JOIN {shard}.notification_channels AS email
            ON email.notification = told.id AND email.channel = 'email'
          LEFT JOIN {shard}.notification_channels AS sms
            ON sms.notification = told.id AND sms.channel = 'sms'
          WHERE told.user_id = $1
            AND ($2::timestamptz IS NULL OR (told.created_at, told.id) < ($2, $3::uuid))
          ORDER BY told.created_at DESC, told.id DESC LIMIT $4""");

  /** One that failed for good is sent after all when an operator sends its event again. */
  private static final ShardSql TAKE =
      new ShardSql(
          """
          WITH taken AS (
            UPDATE {shard}.notification_channels
            SET taken_until = clock_timestamp() + $3 * interval '1 millisecond'
            WHERE notification = $1 AND channel = $2 AND state <> 'sent'
              AND (taken_until IS NULL OR taken_until <= clock_timestamp())
            RETURNING notification
          )
          SELECT told.id, told.user_id, told.kind, told.subject, told.text, told.created_at,
            sending.state, taken.notification IS NOT NULL AS taken
          FROM {shard}.notification_channels AS sending
          JOIN {shard}.notifications AS told ON told.id = sending.notification
          LEFT JOIN taken ON true
          WHERE sending.notification = $1 AND sending.channel = $2""");

  private static final ShardSql SETTLE =
      new ShardSql(
          """
          UPDATE {shard}.notification_channels
          SET state = $3, sent_at = coalesce($4, sent_at), taken_until = NULL
          WHERE notification = $1 AND channel = $2 AND state <> 'sent'""");

  private final Shards shards;

  NotificationStore(Shards shards) {
    this.shards = shards;
  }

  /** How far a channel is with a notification. */
  enum State {
    REQUESTED,
    SENT,
    FAILED
  }

  /** What became of an attempt to be the one who sends a notification. */
  sealed interface Taking {}

  /** It is this caller's for the time that it asked for. */
  record Taken(Notification notification) implements Taking {}

  record SentAlready() implements Taking {}

  /** Another one sends it now. */
  record TakenByAnother() implements Taking {}

  record NoSuchNotification() implements Taking {}

  /** Adds those that are new and gives their ids; part of a transaction, like the next. */
  static Future<Set<UUID>> add(SqlConnection connection, int shard, List<Notification> added) {
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(added.stream().map(Notification::id).toArray(UUID[]::new))
            .addArrayOfUUID(added.stream().map(Notification::userId).toArray(UUID[]::new))
            .addArrayOfString(added.stream().map(Notification::kind).toArray(String[]::new))
            .addArrayOfString(added.stream().map(Notification::subject).toArray(String[]::new))
            .addArrayOfString(added.stream().map(Notification::text).toArray(String[]::new))
            .addArrayOfOffsetDateTime(
                added.stream().map(n -> atUtc(n.createdAt())).toArray(OffsetDateTime[]::new));
    return connection
        .preparedQuery(ADD.in(shard))
        .execute(arguments)
        .map(
            rows -> {
              Set<UUID> ids = new HashSet<>();
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }

  /** Notes that notifications are to be sent. */
  static Future<Void> request(
      SqlConnection connection, int shard, List<Notification> told, List<Channel> channels) {
    Tuple arguments =
        Tuple.tuple()
            .addArrayOfUUID(told.stream().map(Notification::id).toArray(UUID[]::new))
            .addArrayOfString(channels.stream().map(Channel::text).toArray(String[]::new));
    return connection.preparedQuery(REQUEST.in(shard)).execute(arguments).mapEmpty();
  }

  /** At most {@code limit} of a user's notifications behind the cursor, the newest first. */
  Future<List<NotificationView>> page(
      UUID user, @Nullable PageCursor after, int limit, CallContext call) {
    int shard = Shards.of(user);
    Tuple arguments =
        Tuple.of(
            user,
            after == null ? null : atUtc(after.at()),
            after == null ? null : after.id(),
            limit);
    return shards.read(
        shard,
        FRESH_ENOUGH,
        call.remaining(System.nanoTime()),
        connection ->
            connection
                .preparedQuery(PAGE.in(shard))
                .execute(arguments)
                .map(
                    rows -> {
                      List<NotificationView> views = new ArrayList<>(rows.size());
                      rows.forEach(row -> views.add(view(row)));
                      return views;
                    }));
  }

  /** Tries to be the one who sends a notification, for as long as {@code hold}. */
  Future<Taking> take(int shard, UUID id, Channel channel, Duration hold, Duration limit) {
    Tuple arguments = Tuple.of(id, channel.text(), hold.toMillis());
    return shards.write(
        shard,
        limit,
        connection ->
            connection
                .preparedQuery(TAKE.in(shard))
                .execute(arguments)
                .map(
                    rows ->
                        rows.size() == 0
                            ? new NoSuchNotification()
                            : taking(rows.iterator().next())));
  }

  /** Says how it ended, and lets it go. */
  Future<Void> settle(
      int shard, UUID id, Channel channel, State state, @Nullable Instant sentAt, Duration limit) {
    Tuple arguments =
        Tuple.of(id, channel.text(), lower(state), sentAt == null ? null : atUtc(sentAt));
    return shards.write(
        shard,
        limit,
        connection -> connection.preparedQuery(SETTLE.in(shard)).execute(arguments).mapEmpty());
  }

  private static Taking taking(Row row) {
    if (row.getString("state").equals(lower(State.SENT))) {
      return new SentAlready();
    }
    if (!row.getBoolean("taken")) {
      return new TakenByAnother();
    }
    return new Taken(
        new Notification(
            row.getUUID("id"),
            row.getUUID("user_id"),
            row.getString("kind"),
            row.getString("subject"),
            row.getString("text"),
            row.getOffsetDateTime("created_at").toInstant()));
  }

  private static NotificationView view(Row row) {
    OffsetDateTime sentAt = row.getOffsetDateTime("sent_at");
    return new NotificationView(
        row.getUUID("id"),
        row.getString("kind"),
        row.getString("text"),
        NotificationView.Channels.of(row.getString("email"), row.getString("sms")),
        row.getOffsetDateTime("created_at").toInstant(),
        sentAt == null ? null : sentAt.toInstant());
  }

  private static String lower(State state) {
    return state.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static OffsetDateTime atUtc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
