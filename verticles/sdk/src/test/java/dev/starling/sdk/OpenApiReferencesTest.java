package dev.starling.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.service.ServiceRecord;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Bodies and answers in announced operations lead to their schemas. */
final class OpenApiReferencesTest {
  record Note(String text) {}

  record NewNote(@NotBlank @Size(max = 80) String text) {}

  @Test
  void bodyAndAnswer_described_referToTheirDefinitions() throws IOException {
    Operations operations = new Operations("notes");
    operations.post(
        "/v1/notes",
        NewNote.class,
        Note.class,
        (call, body) -> ServiceVerticle.reply(new Note(body.text())));

    ServiceRecord service = OpenApi.describe("notes", "1.0.0", operations.declared());

    JsonNode document = Json.MAPPER.readTree(service.operations().get(0).document());
    JsonNode schemas = Json.MAPPER.readTree(service.schemas());
    assertThat(document.at("/requestBody/content/application~1json/schema/$ref").asText())
        .isEqualTo("#/components/schemas/notes.NewNote");
    assertThat(document.at("/x-starling-success/schema/$ref").asText())
        .isEqualTo("#/components/schemas/notes.Note");
    assertThat(schemas.at("/notes.NewNote/properties/text/maxLength").asInt()).isEqualTo(80);
    assertThat(schemas.at("/notes.NewNote/required/0").asText()).isEqualTo("text");
  }
}
