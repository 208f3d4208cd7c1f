package dev.starling.cluster.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleRequestTest {

  @Test
  void parse_everyKey_isTaken() {
    assertThat(parse("{\"verticle\":\"users\",\"instances\":4,\"scope\":\"cluster\"}"))
        .isEqualTo(new ScaleRequest("users", 4, true));
  }

  @Test
  void parse_noScope_meansThisNode() {
    assertThat(parse("{\"verticle\":\"users\",\"instances\":4}"))
        .isEqualTo(new ScaleRequest("users", 4, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "4", "null", "{", "{\"verticle\":}", "\"users\""})
  void parse_noObject_saysWhatIsExpected(String body) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("body: not a JSON object (expected: {");
  }

  @Test
  void parse_noBody_saysWhatIsExpected() {
    assertThatThrownBy(() -> ScaleRequest.parse(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"instances\":4}|verticle: (expected: the name of a verticle)",
        "{\"verticle\":7,\"instances\":4}|verticle: (expected: the name of a verticle)",
        "{\"verticle\":\" \",\"instances\":4}|verticle: (expected: the name of a verticle)",
        "{\"verticle\":\"users\"}|instances: (expected: an integer)",
        "{\"verticle\":\"users\",\"instances\":\"4\"}|instances: (expected: an integer)",
        "{\"verticle\":\"users\",\"instances\":4.5}|instances: (expected: an integer)",
        "{\"verticle\":\"users\",\"instances\":4e9}|instances: (expected: an integer)",
        "{\"verticle\":\"users\",\"instances\":99999999999}|instances: (expected: an integer)",
        "{\"verticle\":\"users\",\"instances\":4,\"scope\":\"all\"}|scope: (expected: node or cluster)",
        "{\"verticle\":\"users\",\"instances\":4,\"scope\":null}|scope: (expected: node or cluster)",
        "{\"verticle\":\"users\",\"instnces\":4}|instnces: unknown key (did you mean instances?)"
      })
  void parse_wrongValue_namesTheKey(String body, String message) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static ScaleRequest parse(String body) {
    return ScaleRequest.parse(Buffer.buffer(body));
  }
}
