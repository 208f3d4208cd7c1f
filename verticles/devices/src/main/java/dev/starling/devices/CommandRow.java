package dev.starling.devices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.starling.contract.device.FusionEvents.Target;
import dev.starling.contract.device.FusionEvents.Utterance;
import dev.starling.sdk.Json;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The columns of a command, as statements name them and as they are read. Without state. */
final class CommandRow {
  /** For {@code RETURNING} and {@code SELECT}, of the table's alias {@code command}. */
  static final String COLUMNS =
      """
      command.user_id, command.id, command.seq, command.device, command.intent,
      command.target_kind, command.target_id, command.arguments, command.decision_source,
      command.decision_id, command.revision, command.replaces, command.state, command.reason,
      command.issued_at, command.expires_at, command.created_at, command.delivered_at,
      command.ended_at, command.ack_status, command.ack_detail""";

  private static final TypeReference<Map<String, String>> ARGUMENTS = new TypeReference<>() {};

  private CommandRow() {}

  static Command command(Row row) {
    String kind = row.getString("target_kind");
    String reason = row.getString("reason");
    String ack = row.getString("ack_status");
    return new Command(
        row.getUUID("user_id"),
        row.getUUID("id"),
        row.getLong("seq"),
        row.getString("device"),
        row.getString("intent"),
        kind == null ? null : new Target(kind, row.getString("target_id")),
        arguments(row.getString("arguments")),
        new Utterance(row.getString("decision_source"), row.getString("decision_id")),
        row.getInteger("revision"),
        row.getUUID("replaces"),
        CommandState.of(row.getString("state")),
        reason == null ? null : Rejection.of(reason),
        row.getOffsetDateTime("issued_at").toInstant(),
        row.getOffsetDateTime("expires_at").toInstant(),
        row.getOffsetDateTime("created_at").toInstant(),
        instant(row.getOffsetDateTime("delivered_at")),
        instant(row.getOffsetDateTime("ended_at")),
        ack == null ? null : new Acknowledgement(AckStatus.of(ack), row.getString("ack_detail")));
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Map<String, String> arguments(String json) {
    try {
      return Collections.unmodifiableMap(new TreeMap<>(Json.MAPPER.readValue(json, ARGUMENTS)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the stored arguments of a command are no JSON", e);
    }
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
