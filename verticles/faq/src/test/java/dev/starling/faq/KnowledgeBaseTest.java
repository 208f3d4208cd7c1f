package dev.starling.faq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.starling.sdk.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnowledgeBaseTest {
  @TempDir private Path directory;

  @Test
  void shipped_isUsable() {
    KnowledgeBase base = KnowledgeBase.read("");

    assertThat(base.entries()).hasSizeGreaterThanOrEqualTo(50);
    assertThat(base.points()).hasSizeBetween(100, KnowledgeBase.MAX_QUESTIONS);
  }

  @Test
  void shipped_sources_areInTheRepository() {
    Path root = Path.of(System.getProperty("basedir", ".")).resolve("../..");

    for (Entry entry : KnowledgeBase.read("").entries()) {
      String[] source = entry.source().split("#");
      assertThat(root.resolve(source[0])).as(entry.id()).isRegularFile();
      if (source.length > 1) {
        assertThat(sections(root.resolve(source[0]))).as(entry.id()).contains(source[1]);
      }
    }
  }

  @Test
  void points_areOthersOnlyWhereTheTextIs() {
    KnowledgeBase before = parse(entry("a", "One?", "1"));
    KnowledgeBase more = parse(entry("b", "Two?", "2") + entry("a", "One?", "1"));
    KnowledgeBase changed = parse(entry("a", "One?", "one"));

    assertThat(more.points().keySet()).containsAll(before.points().keySet()).hasSize(2);
    assertThat(changed.points().keySet()).doesNotContainAnyElementsOf(before.points().keySet());
    assertThat(before.entry(before.points().keySet().iterator().next()).id()).isEqualTo("a");
    assertThat(before.entry("0000")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                    | test: no entries (expected: a list under entries)",
        "entries: []           | test: no entries (expected: a list under entries)",
        "entries: 1            | test, line 1: Cannot deserialize",
        "entries: [            | test, line 1: while parsing",
        "faq: []               | test, line 1: Unrecognized field \"faq\"",
        "'entries: [{id: a}]'  | test, line 1: questions of a: none (expected: 1..20)"
      })
  void parse_unusable_saysWhatWasExpected(String yaml, String message) {
    assertThatThrownBy(() -> KnowledgeBase.parse("test", yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void parse_entriesThatContradict_areRefused() {
    assertThatThrownBy(() -> parse(entry("a", "One?", "1") + entry("a", "Two?", "2")))
        .hasMessage("test: two entries a (expected: one)");
    assertThatThrownBy(() -> parse(entry("a", "One?", "1") + entry("b", "One?", "2")))
        .hasMessage("test: 'One?' asks for a and for b (expected: one of them)");
    assertThatThrownBy(() -> parse(entry("a", "x".repeat(501), "1")))
        .hasMessageContaining("a question of a: 501 characters (expected: 1..500 characters)");
  }

  @Test
  void parse_moreThanASearchLists_isRefused() {
    String many =
        IntStream.range(0, 501)
            .mapToObj(i -> entry("id-" + i, "Question " + i, "answer"))
            .collect(Collectors.joining());

    assertThatThrownBy(() -> parse(many)).hasMessage("test: 501 questions (expected: at most 500)");
  }

  @Test
  void read_file_isTakenInsteadOfWhatShips() throws IOException {
    Path file = Files.writeString(directory.resolve("own.yaml"), yaml(entry("a", "One?", "1")));

    assertThat(KnowledgeBase.read(file.toString()).entries()).hasSize(1);
  }

  @Test
  void read_noFile_saysSo() {
    assertThatThrownBy(() -> KnowledgeBase.read("/no/such.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("faq.knowledge-base: /no/such.yaml (expected: a file)");
  }

  private static KnowledgeBase parse(String entries) {
    return KnowledgeBase.parse("test", yaml(entries));
  }

  private static String yaml(String entries) {
    return "entries:\n" + entries;
  }

  private static String entry(String id, String question, String answer) {
    return "- {id: '%s', questions: ['%s'], answer: '%s', source: 'here'}\n"
        .formatted(id, question, answer);
  }

  /** The anchors that GitHub makes of a page's headings. */
  private static String sections(Path page) {
    try {
      return Files.readAllLines(page).stream()
          .filter(line -> line.startsWith("#"))
          .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(java.util.Locale.ROOT))
          .map(line -> line.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
          .collect(Collectors.joining(" ", " ", " "));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
