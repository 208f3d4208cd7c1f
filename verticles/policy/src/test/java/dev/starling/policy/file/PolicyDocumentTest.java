package dev.starling.policy.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.starling.policy.file.PolicyReader.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/policy.md says can be done. */
class PolicyDocumentTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

  @Test
  void examples_inTheDocumentation_areValid() throws IOException {
    List<String> examples =
        EXAMPLE.matcher(document()).results().map(found -> found.group(1)).toList();

    assertThat(examples)
        .hasSizeGreaterThan(Section.ALL.size())
        .allSatisfy(
            example ->
                assertThat(PolicyReader.read("policy.md", example))
                    .isInstanceOf(Outcome.Valid.class));
  }

  @Test
  void everyKey_thatAFileMayHave_isDocumented() throws IOException {
    String document = document();
    List<String> keys = new ArrayList<>();
    collect(new ObjectMapper().readTree(PolicySchema.text()), keys);

    assertThat(keys)
        .hasSizeGreaterThan(50)
        .allSatisfy(key -> assertThat(document).containsPattern("`" + key + "`|\\b" + key + ":"));
  }

  private static void collect(JsonNode schema, List<String> keys) {
    schema.path("properties").fieldNames().forEachRemaining(keys::add);
    schema.forEach(part -> collect(part, keys));
  }

  private static String document() throws IOException {
    return Files.readString(Path.of("..", "..", "docs", "policy.md"));
  }
}
