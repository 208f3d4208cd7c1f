package dev.starling.inference.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.starling.inference.PlainEmbeddings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside the library's own way, which gives more than is needed. */
class TextTokenizerTest {
  private static final int MAX_TOKENS = 16;

  @TempDir private static Path directory;
  private static TextTokenizer tokenizer;
  private static HuggingFaceTokenizer library;

  @BeforeAll
  static void open() throws Exception {
    NativeTokenizers.keepIn(Path.of("target", "native"));
    PlainEmbeddings.copyTo(directory);
    Path file = directory.resolve("tokenizer.json");
    tokenizer = TextTokenizer.open(file, MAX_TOKENS);
    String most = "" + MAX_TOKENS;
    library =
        HuggingFaceTokenizer.newInstance(
            file,
            Map.of(
                "padding",
                "false",
                "truncation",
                "true",
                "maxLength",
                most,
                "modelMaxLength",
                most));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
    library.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "hello",
        "Hello, WORLD!",
        "  two  blanks ",
        "Où est la gare? 駅はどこですか",
        "😀 ﬁ ǅ \u0000 \u200b",
        "electroencephalographically",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
      })
  void encode_text_isWhatTheLibraryGives(String text) {
    Encoding expected = library.encode(text);
    TextTokenizer.Tokens tokens = tokenizer.encode(text);
    assertThat(tokens.ids()).isEqualTo(expected.getIds());
    assertThat(tokens.types()).isEqualTo(expected.getTypeIds());
    assertThat(tokens.ids()).hasSizeLessThanOrEqualTo(MAX_TOKENS);
  }

  @Test
  void encode_afterItWasClosed_isRefused() throws Exception {
    TextTokenizer closed = TextTokenizer.open(directory.resolve("tokenizer.json"), MAX_TOKENS);
    closed.close();
    assertThatIllegalStateException().isThrownBy(() -> closed.encode("hello"));
  }
}
