package dev.starling.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PadIdTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 0",
        "{\"padding\": null, \"model\": {\"vocab\": {\"[PAD]\": 9}}} | 0",
        "{\"padding\": {\"strategy\": {\"Fixed\": 128}, \"pad_id\": 5}, \"added_tokens\": []} | 5",
        "{\"added_tokens\": [{\"id\": 0, \"content\": \"<s>\"}, {\"id\": 1, \"content\": \"<pad>\"},"
            + " {\"id\": 2, \"content\": \"</s>\"}], \"padding\": null} | 1",
        "{\"added_tokens\": [{\"id\": 7, \"content\": \"[PAD]\"}], \"padding\": {\"pad_id\": 3}} | 3"
      })
  void of_tokenizerFile_findsTheId(String json, long id) throws IOException {
    assertThat(PadId.of(file(json))).isEqualTo(id);
  }

  @Test
  void of_noJson_isRefused() throws IOException {
    Path file = file("no json");
    assertThatThrownBy(() -> PadId.of(file)).isInstanceOf(IOException.class);
    Path cut = file("{\"added_tokens\": [{\"id\": 7");
    assertThatThrownBy(() -> PadId.of(cut)).isInstanceOf(IOException.class);
  }

  private Path file(String json) throws IOException {
    return Files.writeString(directory.resolve("tokenizer.json"), json);
  }
}
