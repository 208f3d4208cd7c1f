package dev.starling.outbox;

import dev.starling.postgres.Postgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection on which the writers of events wake the relays of a database that sleep.
 *
 * <p>Confined to one context. It is opened again whenever {@link #open} finds it closed; until then
 * relays only look from time to time. See the trigger of the outbox for how nobody is missed.
 */
final class Doorbell {
  private static final Logger log = LoggerFactory.getLogger(Doorbell.class);

  /** Of the triggers, together with the number of a range. */
  private static final int LOCK_CLASS = 1_869_968_482;

  /** Who waits longer for writers stays awake, for their notifications wait behind this. */
  private static final String LISTEN = "SET lock_timeout = '200ms'; LISTEN starling_outbox";

  private static final String FORGET =
      "UNLISTEN *; SELECT pg_advisory_unlock_all(); RESET lock_timeout";

  private final Postgres postgres;
  private final Context context;
  private final IntConsumer rung;
  private final Map<Integer, Bed> beds = new HashMap<>();
  private @Nullable SqlConnection line;
  private boolean opening;
  private boolean closed;

  /**
   * @param rung told the shard that was written to, on {@code context}
   */
  Doorbell(Postgres postgres, Context context, IntConsumer rung) {
    this.postgres = postgres;
    this.context = context;
    this.rung = rung;
  }

  /** Connects unless it is connected; never fails. */
  Future<Void> open() {
    if (line != null || opening || closed) {
      return Future.succeededFuture();
    }
    opening = true;
    return postgres
        .connect()
        .compose(this::listen)
        .onFailure(failure -> log.debug("Nobody wakes the relays for now", failure))
        .otherwiseEmpty()
        .onComplete(done -> opening = false);
  }

  /** Where the relay of a range sleeps. */
  Relay.Sleep bed(int range) {
    return beds.computeIfAbsent(range, Bed::new);
  }

  /** Gives the connection back as it was. */
  Future<Void> close() {
    closed = true;
    SqlConnection open = line;
    line = null;
    return open == null
        ? Future.succeededFuture()
        : open.query(FORGET).execute().eventually(open::close).<Void>mapEmpty().otherwiseEmpty();
  }

  private Future<Void> listen(SqlConnection connection) {
    if (closed) {
      return connection.close();
    }
    PgConnection.cast(connection)
        .notificationHandler(
            heard ->
                context.runOnContext(now -> rung.accept(Integer.parseInt(heard.getPayload()))));
    connection.closeHandler(gone -> context.runOnContext(now -> lost(connection)));
    return connection
        .query(LISTEN)
        .execute()
        .<Void>mapEmpty()
        .onSuccess(
            listening -> {
              line = connection;
            })
        .onFailure(failure -> connection.close());
  }

  private void lost(SqlConnection connection) {
    if (line == connection) {
      line = null;
      beds.values().forEach(Bed::lost);
    }
  }

  /** The lock of a range, which the server takes back when the connection is lost. */
  private final class Bed implements Relay.Sleep {
    private final int range;
    private boolean asked;
    private boolean held;
    private boolean wanted;

    Bed(int range) {
      this.range = range;
    }

    @Override
    public Future<Boolean> fall() {
      SqlConnection open = line;
      wanted = true;
      if (held || asked) {
        return Future.succeededFuture(false);
      }
      if (open == null) {
        return Future.failedFuture("nobody would wake it");
      }
      asked = true;
      return on(open, "pg_advisory_lock")
          .onComplete(answer -> asked = false)
          .map(
              locked -> {
                held = line == open;
                if (!wanted) {
                  end();
                }
                return held;
              });
    }

    @Override
    public void end() {
      SqlConnection open = line;
      wanted = false;
      if (held && open != null) {
        held = false;
        on(open, "pg_advisory_unlock")
            .onFailure(failure -> log.debug("The relays are still woken", failure));
      }
    }

    @Override
    public boolean holds() {
      return held;
    }

    void lost() {
      held = false;
    }

    private Future<?> on(SqlConnection open, String function) {
      return open.query("SELECT %s(%d, %d)".formatted(function, LOCK_CLASS, range)).execute();
    }
  }
}
