package dev.starling.faq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.starling.faq.FaqEvaluation.Tally;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped knowledge base with the embedding model that ships. */
class FaqEvaluationTest {
  private static FaqEvaluation evaluation;

  @BeforeAll
  static void measure() throws Exception {
    evaluation = new FaqEvaluation();
  }

  @Test
  void defaultThreshold_isTheOneThatTheDevQuestionsChoose() {
    // Processors multiply quantised numbers a little differently; a step more or less is no change.
    assertThat(evaluation.chosen()).isCloseTo(FaqConfig.THRESHOLD, within(0.051));
  }

  @Test
  void heldOutQuestions_areAnsweredAsDocumented() {
    Tally tally = evaluation.tally(evaluation.heldOut(), FaqConfig.THRESHOLD);

    assertThat(tally.inScope()).isGreaterThanOrEqualTo(60);
    assertThat(tally.hitRate()).isGreaterThanOrEqualTo(0.48);
    assertThat(tally.wrong() / (double) tally.inScope()).isLessThanOrEqualTo(0.09);
    assertThat(tally.falseRate()).isLessThanOrEqualTo(0.04);
  }

  @Test
  void testQuestions_areNoneThatTheKnowledgeBaseHas_andInOnePartOnly() throws Exception {
    TestQuestions questions = TestQuestions.read();
    KnowledgeBase base = KnowledgeBase.read("");
    Set<String> known =
        base.points().values().stream()
            .map(question -> question.question())
            .collect(Collectors.toSet());
    List<String> all =
        Stream.of(questions.dev(), questions.heldOut())
            .flatMap(
                part ->
                    Stream.concat(
                        part.paraphrases().stream().map(paraphrase -> paraphrase.ask()),
                        part.outOfScope().stream()))
            .toList();

    assertThat(new HashSet<>(all)).hasSameSizeAs(all).doesNotContainAnyElementsOf(known);
    assertThat(
            Stream.of(questions.dev(), questions.heldOut())
                .flatMap(part -> part.paraphrases().stream())
                .map(paraphrase -> paraphrase.entry()))
        .isSubsetOf(base.entries().stream().map(Entry::id).toList());
  }
}
