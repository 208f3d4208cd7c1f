package dev.starling.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.starling.fusion.core.Decision;
import dev.starling.fusion.core.Decision.Status;
import dev.starling.fusion.core.FusionEvent;
import dev.starling.fusion.core.Situation;
import dev.starling.sdk.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an utterance meant, and what that was concluded from. Immutable.
 *
 * @param considered how many events were looked at, with those that told of clocks alone
 * @param asOf when the log was read
 */
record Resolved(Decision decision, Situation situation, int considered, Instant asOf) {

  /** What makes a revision another one: everything that anybody acts on, but not how sure it is. */
  private record Outcome(
      Status status,
      String intent,
      Decision.@Nullable Target target,
      String device,
      SortedMap<String, String> arguments,
      String question,
      List<Decision.Target> options) {}

  String outcome() {
    return new String(
        Json.toBytes(
            new Outcome(
                decision.status(),
                decision.intent().text(),
                decision.target(),
                decision.device(),
                decision.arguments(),
                decision.question(),
                decision.options())),
        UTF_8);
  }

  /** What happened later than this cannot change it. */
  Instant latest(Duration lateness) {
    FusionEvent said = situation.utterance();
    long skew = decision.explanation().skewMillis().getOrDefault(said.deviceId(), 0L);
    Instant happened = said.time().plusMillis(skew);
    return (happened.isAfter(said.receivedAt()) ? happened : said.receivedAt()).plus(lateness);
  }

  /** Whether a device is to do something. */
  boolean isCommand() {
    return decision.status() == Status.RESOLVED && !decision.device().isEmpty();
  }

  /**
   * The id of the command that a revision gives: whoever decides it finds the same. A UUID of
   * version 8 (RFC 9562), of what names the revision.
   */
  static UUID command(UserKey utterance, int revision) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          List.of(
              utterance.user().toString(),
              utterance.key().source(),
              utterance.key().id(),
              Integer.toString(revision))) {
        byte[] bytes = part.getBytes(UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
      }
      ByteBuffer half =
          ByteBuffer.wrap(Arrays.copyOf(digest.digest(), 2 * Long.BYTES))
              .order(ByteOrder.BIG_ENDIAN);
      long high = half.getLong() & ~0xF000L | 0x8000L;
      long low = half.getLong() & ~(3L << 62) | 1L << 63;
      return new UUID(high, low);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
