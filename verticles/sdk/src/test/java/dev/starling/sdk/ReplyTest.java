package dev.starling.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Kind;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.Violation;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplyTest {
  record Shown(String firstName, @Nullable String note, Instant createdAt, Secret key) {}

  @Test
  void ok_record_isSnakeCaseJsonWithRfc3339TimesAndMaskedSecrets() {
    OperationReply.Done done =
        done(
            Reply.ok(
                new Shown("Ada", null, Instant.parse("2030-01-01T00:00:00Z"), new Secret("k"))));

    assertThat(done.kind()).isEqualTo(Kind.OK);
    assertThat(done.contentType()).isEqualTo("application/json");
    assertThat(new String(done.body(), UTF_8))
        .isEqualTo(
            "{\"first_name\":\"Ada\",\"note\":null,\"created_at\":\"2030-01-01T00:00:00Z\","
                + "\"key\":\"****\"}");
  }

  @Test
  void kinds_eachFactory_givesItsOwn() {
    assertThat(done(Reply.created("x", "/v1/x")).kind()).isEqualTo(Kind.CREATED);
    assertThat(done(Reply.created("x", "/v1/x")).headers())
        .containsExactly(new Header("location", "/v1/x"));
    assertThat(done(Reply.accepted("x")).kind()).isEqualTo(Kind.ACCEPTED);
    for (OperationReply.Done empty : List.of(done(Reply.noContent()), done(Reply.notModified()))) {
      assertThat(empty.body()).isEmpty();
      assertThat(empty.contentType()).isEmpty();
    }
    assertThat(new String(done(Reply.okJson("[1]".getBytes(UTF_8))).body(), UTF_8))
        .isEqualTo("[1]");
  }

  @Test
  void header_added_leavesTheReplyAsItWas() {
    Reply<String> plain = Reply.ok("x");
    Reply<String> tagged = plain.header("etag", Reply.etag(7)).header("x-a", "b");

    assertThat(plain.headers()).isEmpty();
    assertThat(tagged.toMessage().headers())
        .containsExactly(new Header("etag", "\"v7\""), new Header("x-a", "b"));
    assertThat(Reply.refused(Refusal.LIMITED, "slow").header("retry-after", "5").headers())
        .containsExactly(new Header("retry-after", "5"));
  }

  @Test
  void refused_everyPart_reachesTheMessage() {
    assertThat(Reply.refused(Refusal.CONFLICT, "email-taken", "is taken").toMessage())
        .isEqualTo(
            new OperationReply.Refused(
                Refusal.CONFLICT, "email-taken", "is taken", List.of(), List.of()));
    Violation violation = new Violation("/a", "must be b");
    assertThat(Reply.invalid(violation).toMessage())
        .isEqualTo(
            new OperationReply.Refused(
                Refusal.INVALID,
                "",
                "the request breaks a constraint",
                List.of(violation),
                List.of()));
  }

  @Test
  void toMessage_unwritableBody_failsHere() {
    Reply<Object> reply = Reply.ok(new Object());
    assertThatThrownBy(reply::toMessage)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cannot be written as JSON");
  }

  private static OperationReply.Done done(Reply<?> reply) {
    return (OperationReply.Done) reply.toMessage();
  }
}
