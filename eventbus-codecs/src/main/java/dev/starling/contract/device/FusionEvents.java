package dev.starling.contract.device;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events by which fusion has commands brought to devices, which are delivered by {@link
 * dev.starling.contract.event.EventContract}.
 *
 * <p>Their owner is the user, their aggregate {@link #aggregate}, so that a user's commands come in
 * the order in which they were decided; their subject is the device's id, or that of the command
 * that is withdrawn.
 */
public final class FusionEvents {
  /** A device is to do something. Its data is a {@link Command}. */
  public static final String COMMAND = "dev.starling.fusion.command";

  /** What a device was to do was not meant. Its data is a {@link Withdrawal}. */
  public static final String WITHDRAWAL = "dev.starling.fusion.withdrawal";

  private FusionEvents() {}

  /** The aggregate of all commands of a user. */
  public static String aggregate(UUID user) {
    return "device:" + user;
  }

  /**
   * What a device is to do, as a JSON object with these fields in {@code snake_case}; there may be
   * more of them, and consumers ignore what they do not know. What may be null may be missing.
   *
   * @param commandId names the command for good: two events with it are one command, and a device
   *     that gets it twice carries it out once
   * @param decision the utterance that it comes from
   * @param revision of the decision, 1 for the first
   * @param intent e.g. {@code set_wallpaper}
   * @param device the id of the user's device that is to do it
   * @param target what it is about; null when it is about nothing
   * @param arguments of the intent, e.g. {@code level}
   * @param issuedAt when it was decided
   * @param expiresAt when it is no longer worth doing
   * @param replaces the command that a correction takes back; null when it corrects none
   */
  public record Command(
      UUID commandId,
      Utterance decision,
      int revision,
      String intent,
      String device,
      @Nullable Target target,
      Map<String, String> arguments,
      Instant issuedAt,
      Instant expiresAt,
      @Nullable UUID replaces) {
    public Command {
      Objects.requireNonNull(commandId, "command_id: null (expected: a UUID)");
      Objects.requireNonNull(decision, "decision: null (expected: an utterance)");
      Objects.requireNonNull(intent, "intent: null (expected: its name)");
      Objects.requireNonNull(device, "device: null (expected: its id)");
      Objects.requireNonNull(arguments, "arguments: null (expected: an object)");
      Objects.requireNonNull(issuedAt, "issued_at: null (expected: a time)");
      Objects.requireNonNull(expiresAt, "expires_at: null (expected: a time)");
      arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
    }
  }

  /**
   * Takes a command back for which a correction has no other: somebody is asked now, or nothing was
   * meant. Comes after the command, and ends it if it is still open. Written as commands are.
   *
   * @param commandId the command that is not to be carried out
   * @param decision the utterance that it came from
   * @param revision of the decision that takes it back
   * @param withdrawnAt when that was decided
   */
  public record Withdrawal(UUID commandId, Utterance decision, int revision, Instant withdrawnAt) {
    public Withdrawal {
      Objects.requireNonNull(commandId, "command_id: null (expected: a UUID)");
      Objects.requireNonNull(decision, "decision: null (expected: an utterance)");
      Objects.requireNonNull(withdrawnAt, "withdrawn_at: null (expected: a time)");
    }
  }

  /** The source and the id of an utterance, which two events of a user never share. */
  public record Utterance(String source, String id) {
    public Utterance {
      Objects.requireNonNull(source, "source: null (expected: the device's)");
      Objects.requireNonNull(id, "id: null (expected: the event's)");
    }
  }

  /**
   * @param kind {@code image} or {@code device}
   */
  public record Target(String kind, String id) {
    public Target {
      Objects.requireNonNull(kind, "kind: null (expected: image or device)");
      Objects.requireNonNull(id, "id: null (expected: its id)");
    }
  }
}
