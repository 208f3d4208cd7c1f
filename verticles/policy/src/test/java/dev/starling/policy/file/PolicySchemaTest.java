package dev.starling.policy.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.starling.policy.Fixtures.BySchema;
import dev.starling.policy.Fixtures.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicySchemaTest {
  private static final Path CONF = Path.of("..", "..", "conf");

  private final JsonSchema schema =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(PolicySchema.text());

  @Test
  void schema_committed_isTheOneThatFollowsFromTheRules() throws IOException {
    assertThat(Files.readString(CONF.resolve("policies.schema.json")))
        .as("write it anew: java -jar starling.jar policy schema > conf/policies.schema.json")
        .isEqualTo(PolicySchema.text());
  }

  @Test
  void schema_shippedFile_isAccepted() throws IOException {
    assertThat(schema.validate(tree(Files.readString(CONF.resolve("policies.yaml"))))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.starling.policy.Fixtures#mistakenYaml")
  void schema_fileThatTheReaderRefuses_isRefusedWhereStructureIsWrong(Fixture fixture)
      throws IOException {
    assertThat(schema.validate(tree(fixture.text())).isEmpty())
        .isEqualTo(fixture.bySchema() == BySchema.ACCEPTED);
  }

  @ParameterizedTest
  @MethodSource("dev.starling.policy.Fixtures#accepted")
  void schema_goodFile_isAccepted(Fixture fixture) throws IOException {
    assertThat(schema.validate(tree(fixture.text()))).isEmpty();
  }

  /** A file without a value is an object without sections. */
  private static JsonNode tree(String yaml) throws IOException {
    YAMLMapper mapper = new YAMLMapper();
    JsonNode tree = mapper.readTree(yaml);
    return tree.isObject() || tree.isArray() ? tree : mapper.createObjectNode();
  }
}
