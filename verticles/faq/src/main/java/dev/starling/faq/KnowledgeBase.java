package dev.starling.faq;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries, and the points that their questions are in the collection. Immutable.
 *
 * <p>A point's text is a question with its answer, which tells apart what is asked for in few words
 * (measured with {@code scripts/eval-faq}: 56 % instead of 48 % of the questions that the threshold
 * is chosen with are answered rightly, for the same share of false answers). Its id is the digest
 * of that text. So what was changed is another point, and what was not need not be stored again.
 */
final class KnowledgeBase {
  /**
   * Of those before and those after a change together no more than a search lists: 1,000 ({@link
   * PointSync}).
   */
  static final int MAX_QUESTIONS = 500;

  private static final String SHIPPED = "knowledge-base.yaml";
  private static final int MAX_BYTES = 1 << 20;

  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<Entry> entries;
  private final Map<String, Question> byPoint;

  /** One way to ask for an entry. */
  record Question(String question, Entry entry) {
    /** What vectors are made of. */
    String text() {
      return question + " " + entry.answer();
    }
  }

  private record File(@Nullable List<Entry> entries) {}

  private KnowledgeBase(List<Entry> entries, Map<String, Question> byPoint) {
    this.entries = List.copyOf(entries);
    this.byPoint = Map.copyOf(byPoint);
  }

  /**
   * Reads a file, or what ships; blocks.
   *
   * @param path empty for the latter
   * @throws ConfigException naming what is wrong with it
   */
  static KnowledgeBase read(String path) {
    try {
      return path.isEmpty() ? shipped() : parse(path, text(Path.of(path)));
    } catch (NoSuchFileException e) {
      throw new ConfigException("faq.knowledge-base: " + path + " (expected: a file)");
    } catch (IOException e) {
      throw new ConfigException("faq.knowledge-base: " + path + " cannot be read: " + e);
    }
  }

  private static String text(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new ConfigException(
          "faq.knowledge-base: %d bytes (expected: at most %d)"
              .formatted(Files.size(path), MAX_BYTES));
    }
    return Files.readString(path);
  }

  private static KnowledgeBase shipped() throws IOException {
    try (InputStream file = KnowledgeBase.class.getResourceAsStream(SHIPPED)) {
      if (file == null) {
        throw new IllegalStateException(SHIPPED + " is not in the jar");
      }
      return parse(SHIPPED, new String(file.readAllBytes(), UTF_8));
    }
  }

  /**
   * Understands the text of a file.
   *
   * @param name for what is said about it
   */
  static KnowledgeBase parse(String name, String yaml) {
    List<Entry> entries;
    try {
      File file = yaml.isBlank() ? null : YAML.readValue(yaml, File.class);
      entries = file == null || file.entries() == null ? List.of() : file.entries();
    } catch (JsonProcessingException e) {
      throw new ConfigException(name + ", " + place(e) + reason(e));
    }
    if (entries.isEmpty()) {
      throw new ConfigException(name + ": no entries (expected: a list under entries)");
    }
    Set<String> ids = new HashSet<>();
    Map<String, Entry> byQuestion = new HashMap<>();
    Map<String, Question> byPoint = new TreeMap<>();
    for (Entry entry : entries) {
      if (!ids.add(entry.id())) {
        throw new ConfigException(name + ": two entries " + entry.id() + " (expected: one)");
      }
      for (String text : entry.questions()) {
        Entry before = byQuestion.put(text, entry);
        if (before != null) {
          throw new ConfigException(
              "%s: '%s' asks for %s and for %s (expected: one of them)"
                  .formatted(name, text, before.id(), entry.id()));
        }
        Question question = new Question(text, entry);
        byPoint.put(digest(question.text()), question);
      }
    }
    if (byPoint.size() > MAX_QUESTIONS) {
      throw new ConfigException(
          "%s: %d questions (expected: at most %d)".formatted(name, byPoint.size(), MAX_QUESTIONS));
    }
    return new KnowledgeBase(entries, byPoint);
  }

  private static String place(JsonProcessingException failure) {
    return failure.getLocation() == null ? "" : "line " + failure.getLocation().getLineNr() + ": ";
  }

  private static String reason(JsonProcessingException failure) {
    Throwable cause = failure.getCause();
    String reason =
        failure instanceof JsonMappingException && cause instanceof IllegalArgumentException
            ? String.valueOf(cause.getMessage())
            : failure.getOriginalMessage();
    return reason.lines().findFirst().orElse("it cannot be read");
  }

  List<Entry> entries() {
    return entries;
  }

  /** The questions by the ids of their points. */
  Map<String, Question> points() {
    return byPoint;
  }

  /** What a point of the collection asks for; null when it is not of this knowledge base. */
  @Nullable Entry entry(String point) {
    Question question = byPoint.get(point);
    return question == null ? null : question.entry();
  }

  private static String digest(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
