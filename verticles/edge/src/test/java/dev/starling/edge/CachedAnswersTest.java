package dev.starling.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.policy.cache.CacheAnswer.Given;
import dev.starling.policy.cache.CacheAnswer.Source;
import dev.starling.policy.cache.Loaded.Use;
import dev.starling.policy.rule.CacheRule;
import dev.starling.policy.rule.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CachedAnswersTest {
  private static final long SECOND = 1_000_000_000L;
  private static final CacheRule RULE =
      CacheRule.of("catalogue", Match.EVERYTHING, Duration.ofSeconds(10));

  @Test
  void use_plainAnswer_isKept() {
    assertThat(use(RULE, done(Kind.OK, 10))).isEqualTo(Use.KEEP);
  }

  @Test
  void use_answerThatIsTooLarge_isPassedOn() {
    assertThat(use(RULE, done(Kind.OK, RULE.maxBodyBytes()))).isEqualTo(Use.KEEP);
    assertThat(use(RULE, done(Kind.OK, RULE.maxBodyBytes() + 1))).isEqualTo(Use.PASS_ON);
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void use_otherSuccess_isPassedOn(Kind kind) {
    assertThat(use(RULE, done(kind, 0))).isEqualTo(Use.PASS_ON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set-cookie    | a=b                 | PASS_ON",
        "cache-control | no-store            | PASS_ON",
        "cache-control | max-age=5, No-Cache | PASS_ON",
        "cache-control | private             | PASS_ON",
        "cache-control | max-age=5           | KEEP",
        "vary          | accept              | PASS_ON",
        "vary          | *                   | PASS_ON",
        "etag          | \"v1\"              | KEEP",
      })
  void use_headerOfTheService_isHeeded(String name, String value, Use expected) {
    assertThat(use(RULE, done(Kind.OK, 1, name, value))).isEqualTo(expected);
  }

  @Test
  void use_answerThatVaries_isKeptByARuleThatTellsThoseApart() {
    CacheRule rule = vary("accept", "accept-language");

    assertThat(use(rule, done(Kind.OK, 1, "vary", "Accept-Language,accept"))).isEqualTo(Use.KEEP);
  }

  @Test
  void use_privateAnswer_isKeptForEachConsumer() {
    assertThat(use(vary("consumer"), done(Kind.OK, 1, "cache-control", "private")))
        .isEqualTo(Use.KEEP);
  }

  @ParameterizedTest
  @CsvSource({"ABSENT, PASS_ON", "LIMITED, PASS_ON", "NOT_EXECUTED, FAILURE"})
  void use_refusal_isAFailureOnlyIfItIsTheServices(Refusal refusal, Use expected) {
    assertThat(use(RULE, new Refused(refusal, "", "", List.of(), List.of()))).isEqualTo(expected);
  }

  @Test
  void use_noAnswer_isAFailure() {
    assertThat(CachedAnswers.use(RULE, new CallResult.Failed(ErrorCode.DEADLINE_EXCEEDED)))
        .isEqualTo(Use.FAILURE);
    assertThat(
            CachedAnswers.use(
                RULE, new CallResult.Refused(PolicyRefusal.crowded("catalogue", 1, 1))))
        .isEqualTo(Use.FAILURE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FRESH    | 3.0  | Starling; hit; ttl=7",
        "FRESH    | 9.5  | Starling; hit; ttl=0",
        "STALE    | 10.5 | Starling; hit; ttl=-1",
        "DEGRADED | 42   | Starling; hit; ttl=-32; detail=stale-if-error",
      })
  void reply_remembered_saysHowOldItIs(Source source, double age, String status) {
    Done reply = reply(source, (long) (age * SECOND), null);

    assertThat(reply.headers())
        .contains(new Header("age", Integer.toString((int) age)))
        .contains(new Header("cache-status", status));
    assertThat(reply.headers().contains(new Header("starling-degraded", "true")))
        .isEqualTo(source == Source.DEGRADED);
    assertThat(reply.body()).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({"true, Starling; fwd=uri-miss; stored", "false, Starling; fwd=uri-miss"})
  void reply_loaded_hasNoAgeAndSaysWhetherItIsKept(boolean kept, String status) {
    Done reply = reply(new Given<>("", Source.LOADED, 0, kept), null);

    assertThat(reply.headers())
        .contains(new Header("cache-status", status))
        .noneMatch(header -> header.name().equals("age"));
  }

  @Test
  void reply_clientHasIt_isNotSentAgain() {
    Done reply = reply(Source.FRESH, 0, "W/\"v1\"");

    assertThat(reply.kind()).isEqualTo(Kind.NOT_MODIFIED);
    assertThat(reply.body()).isEmpty();
    assertThat(reply.headers()).contains(new Header("etag", "\"v1\""));
    assertThat(reply(Source.FRESH, 0, "\"v2\"").kind()).isEqualTo(Kind.OK);
  }

  private static Done reply(Source source, long ageNanos, String ifNoneMatch) {
    return reply(new Given<>("", source, ageNanos, true), ifNoneMatch);
  }

  private static Done reply(Given<?> given, String ifNoneMatch) {
    return (Done) CachedAnswers.reply(done(Kind.OK, 5, "etag", "\"v1\""), RULE, given, ifNoneMatch);
  }

  private static Use use(CacheRule rule, OperationReply reply) {
    return CachedAnswers.use(rule, new CallResult.Replied(reply));
  }

  private static CacheRule vary(String... names) {
    return new CacheRule(
        "catalogue",
        Match.EVERYTHING,
        Duration.ofSeconds(10),
        Duration.ZERO,
        Duration.ZERO,
        List.of(names),
        10,
        1000,
        CacheRule.Store.LOCAL,
        false);
  }

  private static Done done(Kind kind, int bytes, String... headers) {
    List<Header> fields = new ArrayList<>();
    for (int i = 0; i < headers.length; i += 2) {
      fields.add(new Header(headers[i], headers[i + 1]));
    }
    return new Done(kind, "application/json", new byte[bytes], fields);
  }
}
