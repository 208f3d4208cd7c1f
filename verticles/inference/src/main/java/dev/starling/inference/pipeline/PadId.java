package dev.starling.inference.pipeline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Finds the id that rows are filled up with in a {@code tokenizer.json}: that of its {@code
 * padding}, otherwise that of the added token which is named for it, otherwise 0.
 *
 * <p>It hardly matters, since the mask hides it; models that look up positions by it are the
 * exception. Reads the file as a stream: vocabularies are long.
 */
final class PadId {
  // BERT's and RoBERTa's; the two that cover what is common.
  private static final Set<String> NAMES = Set.of("[PAD]", "<pad>");

  private PadId() {}

  static long of(Path file) throws IOException {
    long added = 0;
    try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("padding") && value == JsonToken.START_OBJECT) {
          return longField(json, "pad_id");
        }
        if (name.equals("added_tokens") && value == JsonToken.START_ARRAY) {
          added = addedTokens(json);
        } else {
          json.skipChildren();
        }
      }
    }
    return added;
  }

  private static long addedTokens(JsonParser json) throws IOException {
    long pad = 0;
    while (json.nextToken() == JsonToken.START_OBJECT) {
      long id = 0;
      boolean named = false;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("id")) {
          id = json.getValueAsLong();
        } else if (name.equals("content")) {
          named = NAMES.contains(json.getValueAsString(""));
        }
        json.skipChildren();
      }
      pad = named ? id : pad;
    }
    return pad;
  }

  private static long longField(JsonParser json, String wanted) throws IOException {
    long found = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals(wanted)) {
        found = json.getValueAsLong();
      }
      json.skipChildren();
    }
    return found;
  }
}
