package dev.starling.vectors;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.sdk.Json;
import jakarta.validation.constraints.NotNull;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * What a search has found, as clients see it.
 *
 * @param matches the best first
 * @param partial whether something that should have been searched was not
 */
record SearchView(@NotNull List<MatchView> matches, @NotNull boolean partial) {

  /**
   * @param score more is nearer: the cosine, the dot product, or the distance's negative
   */
  record MatchView(
      @NotNull String id, @NotNull double score, @NotNull Map<String, Object> attributes) {}

  /** The same as JSON; attributes are written as they are stored, unread. */
  static byte[] json(Matches found) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeArrayFieldStart("matches");
      for (Match match : found.matches()) {
        json.writeStartObject();
        json.writeStringField("id", match.id());
        json.writeNumberField("score", match.score());
        json.writeFieldName("attributes");
        json.writeRawValue(match.attributes());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeBooleanField("partial", found.partial());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
