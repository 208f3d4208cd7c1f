package dev.starling.inference.pipeline;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Turns text into the tokens of a model, as its {@code tokenizer.json} says: special tokens added,
 * cut off after so many, not filled up.
 *
 * <p>Thread-safe: the native tokenizer only reads. One text is encoded on the caller's thread, in
 * some ten microseconds for each hundred bytes.
 */
public final class TextTokenizer implements AutoCloseable {
  /** Longer texts are not taken: each is read to its end, however few tokens are kept. */
  public static final int MAX_TEXT_BYTES = 64 * 1024;

  /** Two for the special tokens that most models add, and one for the text. */
  public static final int MIN_TOKENS = 3;

  private final HuggingFaceTokenizer tokenizer;
  private final long padId;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, long padId) {
    this.tokenizer = tokenizer;
    this.padId = padId;
  }

  /** The ids of a text's tokens, and their types, which are as many. */
  @SuppressWarnings("ArrayRecordComponent") // They go to the graph; nobody compares them.
  public record Tokens(long[] ids, long[] types) {}

  /**
   * Reads {@code tokenizer.json}. It blocks.
   *
   * @param maxTokens special ones included; {@value #MIN_TOKENS} or more
   * @throws IOException when the file is missing, or is none
   */
  public static TextTokenizer open(Path file, int maxTokens) throws IOException {
    long padId = PadId.of(file);
    String most = String.valueOf(maxTokens);
    Map<String, String> options =
        Map.of("padding", "false", "truncation", "true", "maxLength", most, "modelMaxLength", most);
    try (var in = Files.newInputStream(file)) {
      return new TextTokenizer(HuggingFaceTokenizer.newInstance(in, options), padId);
    } catch (EngineException | LinkageError e) {
      throw new IOException("the native tokenizer cannot be loaded here: " + e.getCause(), e);
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  public Tokens encode(String text) {
    // The library's own encode also copies words, masks and a string for each token out of native
    // memory, which takes half as long again. Its options that change texts before are all off.
    TokenizersLibrary library = TokenizersLibrary.LIB;
    long encoding = library.encode(tokenizer.getHandle(), text, true);
    try {
      return new Tokens(library.getTokenIds(encoding), library.getTypeIds(encoding));
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  /** What rows are filled up with. */
  public long padId() {
    return padId;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
