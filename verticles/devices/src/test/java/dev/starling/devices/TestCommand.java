package dev.starling.devices;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.contract.device.FusionEvents;
import dev.starling.contract.device.FusionEvents.Command;
import dev.starling.contract.device.FusionEvents.Target;
import dev.starling.contract.device.FusionEvents.Utterance;
import dev.starling.contract.device.FusionEvents.Withdrawal;
import dev.starling.contract.event.EventContract.Event;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestOrders;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A command as fusion decides it, good for a minute from the beginning of the tests' clock. */
record TestCommand(
    UUID user,
    UUID id,
    String device,
    String intent,
    @Nullable Target target,
    Map<String, String> arguments,
    Instant issuedAt,
    Instant expiresAt,
    @Nullable UUID replaces) {
  static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");

  static TestCommand wallpaper(UUID user, String device) {
    return new TestCommand(
        user,
        UUID.randomUUID(),
        device,
        "set_wallpaper",
        new Target("image", "img-1"),
        Map.of(),
        AT,
        AT.plusSeconds(60),
        null);
  }

  static TestCommand dim(UUID user, String device, String level) {
    return new TestCommand(
        user,
        UUID.randomUUID(),
        device,
        "dim",
        null,
        Map.of("level", level),
        AT,
        AT.plusSeconds(60),
        null);
  }

  TestCommand replacing(TestCommand former) {
    return new TestCommand(
        user, id, device, intent, target, arguments, issuedAt, expiresAt, former.id());
  }

  TestCommand to(String intent, Map<String, String> arguments) {
    return new TestCommand(
        user, id, device, intent, target, arguments, issuedAt, expiresAt, replaces);
  }

  TestCommand within(Instant from, Instant until) {
    return new TestCommand(user, id, device, intent, target, arguments, from, until, replaces);
  }

  /** The same for a minute from now. */
  TestCommand lasting(InstantSource clock) {
    return within(clock.instant(), clock.instant().plusSeconds(60));
  }

  /** Another event each time that it is asked for. */
  Event event() {
    Command data =
        new Command(
            id,
            new Utterance("/devices/" + device, "utterance-1"),
            1,
            intent,
            device,
            target,
            arguments,
            issuedAt,
            expiresAt,
            replaces);
    return event(FusionEvents.COMMAND, device, data);
  }

  /** That it is taken back. */
  Event withdrawal() {
    return event(
        FusionEvents.WITHDRAWAL,
        id.toString(),
        new Withdrawal(id, new Utterance("/devices/" + device, "utterance-1"), 2, issuedAt));
  }

  private Event event(String type, String subject, Object data) {
    return new Event(
        TestOrders.eventId(AT).toString(),
        "/starling/fusion",
        type,
        subject,
        FusionEvents.aggregate(user),
        user.toString(),
        issuedAt.toString(),
        "",
        new String(Json.toBytes(data), UTF_8));
  }
}
