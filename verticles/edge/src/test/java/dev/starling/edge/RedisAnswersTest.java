package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.policy.cache.CacheKey;
import dev.starling.policy.cache.SecondLevel.Stored;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.Match;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisAnswersTest {
  private static final Done REPLY =
      new Done(
          Kind.OK,
          "application/json",
          "{}".getBytes(StandardCharsets.UTF_8),
          List.of(new Header("etag", "\"v1\"")));

  @Test
  void decode_encoded_isTheSameAndOlder() {
    Stored<CallResult> stored = RedisAnswers.decode(RedisAnswers.encode(REPLY, 1000), 4500);

    assertThat(stored.age()).isEqualTo(Duration.ofMillis(3500));
    Done reply = (Done) ((CallResult.Replied) stored.value()).reply();
    assertThat(reply.body()).isEqualTo(REPLY.body());
    assertThat(reply.headers()).isEqualTo(REPLY.headers());
  }

  @Test
  void decode_byAClockThatIsBehind_isOfThisMoment() {
    assertThat(RedisAnswers.decode(RedisAnswers.encode(REPLY, 4500), 1000).age()).isZero();
  }

  @Test
  void decode_whatCannotBeRead_isNotThere() {
    byte[] good = RedisAnswers.encode(REPLY, 0);
    for (int length = 0; length < good.length; length++) {
      assertThat(RedisAnswers.decode(Arrays.copyOf(good, length), 0)).isNull();
    }
    assertThat(RedisAnswers.decode(Arrays.copyOf(good, good.length + 1), 0)).isNull();
    byte[] later = good.clone();
    later[0] = 2;
    assertThat(RedisAnswers.decode(later, 0)).isNull();
  }

  @Test
  void name_tellsApartWhatTheRuleDoes() {
    CacheKey key = new CacheKey("the same");
    CacheRule consumer = rule(List.of("consumer"), false);

    assertThat(RedisAnswers.name(consumer, key))
        .isEqualTo(RedisAnswers.name(rule(List.of("consumer"), false), key))
        .matches("starling:answer:mine:[0-9a-f]{64}")
        .isNotEqualTo(RedisAnswers.name(rule(List.of("tenant"), false), key))
        .isNotEqualTo(RedisAnswers.name(rule(List.of("consumer"), true), key))
        .isNotEqualTo(RedisAnswers.name(consumer, new CacheKey("another")));
  }

  private static CacheRule rule(List<String> vary, boolean shared) {
    return new CacheRule(
        "mine",
        Match.EVERYTHING,
        Duration.ofSeconds(1),
        Duration.ZERO,
        Duration.ZERO,
        vary,
        10,
        1000,
        CacheRule.Store.REDIS,
        shared);
  }
}
