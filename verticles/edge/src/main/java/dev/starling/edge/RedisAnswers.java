package dev.starling.edge;

import dev.starling.codec.MalformedFrameException;
import dev.starling.codec.WireReader;
import dev.starling.codec.WireWriter;
import dev.starling.contract.operation.OperationReply;
import dev.starling.policy.cache.CacheKey;
import dev.starling.policy.cache.SecondLevel;
import dev.starling.policy.rule.CacheRule;
import dev.starling.redis.Redis;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of one rule that all nodes keep together, in Redis: one string for each, which Redis
 * forgets when nobody may be given it any more.
 *
 * <p>Thread-safe. A Redis that is away or late has nothing; what it holds that cannot be read, e.g.
 * of a later version, is not there.
 */
final class RedisAnswers implements SecondLevel<CallResult> {
  private static final Logger log = LoggerFactory.getLogger(RedisAnswers.class);

  /** {@code value = version loaded-at reply}, the moment in milliseconds since 1970. */
  private static final int VERSION = 1;

  private static final String PREFIX = "starling:answer:";

  private final Redis redis;
  private final CacheRule rule;
  private final InstantSource clock;

  RedisAnswers(Redis redis, CacheRule rule, InstantSource clock) {
    this.redis = redis;
    this.rule = rule;
    this.clock = clock;
  }

  @Override
  public CompletionStage<@Nullable Stored<CallResult>> find(CacheKey key, Duration patience) {
    return redis
        .send(Request.cmd(Command.GET).arg(name(rule, key)), patience)
        .map(this::read)
        .toCompletionStage();
  }

  @Override
  public void store(CacheKey key, CallResult value, Duration life) {
    if (value instanceof CallResult.Replied replied) {
      redis
          .send(
              Request.cmd(Command.SET)
                  .arg(name(rule, key))
                  .arg(Buffer.buffer(encode(replied.reply(), clock.millis())))
                  .arg("PX")
                  .arg(life.toMillis()),
              redis.commandTimeout())
          .onFailure(failure -> log.debug("Not kept in Redis: {}", failure.toString()));
    }
  }

  private @Nullable Stored<CallResult> read(@Nullable Response found) {
    return found == null ? null : decode(found.toBytes(), clock.millis());
  }

  /**
   * Where an answer is kept. Whose it is does not stand in the name; what tells answers apart is
   * part of it, so that a rule that changes finds nothing of what it was before.
   */
  static String name(CacheRule rule, CacheKey key) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update((rule.vary() + " " + rule.shared() + " ").getBytes(StandardCharsets.UTF_8));
      hash.update(key.text().getBytes(StandardCharsets.UTF_8));
      return PREFIX + rule.name() + ':' + HexFormat.of().formatHex(hash.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static byte[] encode(OperationReply reply, long loadedAtMillis) {
    WireWriter out = new WireWriter(256);
    out.writeByte(VERSION);
    out.writeLong(loadedAtMillis);
    OperationReply.CODEC.encode(reply, out);
    return out.toByteArray();
  }

  /** Null for what cannot be read. */
  static @Nullable Stored<CallResult> decode(byte[] bytes, long nowMillis) {
    try {
      WireReader in = new WireReader(bytes);
      if (in.readByte() != VERSION) {
        return null;
      }
      // The clocks of two nodes may differ: what was loaded in the future was loaded just now.
      long ageMillis = Math.max(0, nowMillis - in.readLong());
      OperationReply reply = OperationReply.CODEC.decode(in);
      in.expectEnd();
      return new Stored<>(new CallResult.Replied(reply), Duration.ofMillis(ageMillis));
    } catch (MalformedFrameException e) {
      log.debug("An answer in Redis cannot be read: {}", e.getMessage());
      return null;
    }
  }
}
