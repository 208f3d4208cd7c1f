package dev.starling.faq;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.vectors.VectorsContract;
import dev.starling.contract.vectors.VectorsContract.Match;
import dev.starling.contract.vectors.VectorsContract.Matches;
import dev.starling.contract.vectors.VectorsContract.Reason;
import dev.starling.sdk.Json;
import dev.starling.testkit.TestNode;
import dev.starling.testkit.TestVectors;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a small knowledge base, and vectors that say how many words two questions share. */
@Timeout(60)
class FaqVerticleTest {
  private static final String OWNER = FaqVerticle.OWNER.toString();

  @TempDir private Path directory;
  private TestNode node;
  private TestVectors vectors;

  @BeforeEach
  void start() throws IOException {
    node = new TestNode(directory);
    vectors = new TestVectors(node, TestVectors.words(64));
    knows("stop", "how do i stop a node", "start", "how do i start a node");
    node.settings()
        .putObject("faq")
        .put("knowledge-base", base().toString())
        .put("threshold", 0.7)
        .put("dimension", 64);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void ask_knownQuestion_isAnswered() throws IOException {
    vectors.serve();
    deployed();

    assertThat(json(ask("How do I stop a node?")))
        .hasToString("{\"answer\":\"about stop\",\"score\":0.9449,\"source\":\"docs/stop.md\"}");
  }

  @Test
  void ask_somethingElse_isNotKnown() throws IOException {
    vectors.serve();
    deployed();

    JsonNode answer = json(ask("what is a good recipe"));

    assertThat(answer.path("answer").isNull()).isTrue();
    assertThat(answer.path("source").isNull()).isTrue();
    assertThat(answer.path("score").asDouble()).isBetween(0.0, 0.69);
    assertThat(answer.path("message").asText()).isEqualTo("I don't know");
  }

  @Test
  void ask_withoutVectors_isNotExecutedUntilTheyAreThere() {
    node.deploy(new FaqVerticle());
    assertThat(refusal(ask("how do i stop a node"))).isEqualTo(Refusal.NOT_EXECUTED);

    vectors.serve();

    answered();
  }

  @Test
  void ask_collectionThatSomebodyRemoved_isMadeAgain() {
    vectors.serve();
    deployed();
    vectors.drop(OWNER, "faq");

    assertThat(refusal(ask("how do i stop a node"))).isEqualTo(Refusal.NOT_EXECUTED);

    answered();
  }

  @Test
  void ask_vectorsThatCannotSearchNow_isNotExecuted() {
    vectors.serve();
    deployed();
    vectors.answer(new VectorsContract.Refused(Reason.NOT_EXECUTED, "busy"));

    assertThat(refusal(ask("how do i stop a node"))).isEqualTo(Refusal.NOT_EXECUTED);
  }

  @Test
  void ask_partOfTheEntriesIsMissing_onlyAnAnswerIsSaid() throws IOException {
    vectors.serve();
    deployed();
    vectors.partial(true);

    assertThat(json(ask("how do i stop a node")).path("answer").asText()).isEqualTo("about stop");
    assertThat(refusal(ask("what is a good recipe"))).isEqualTo(Refusal.NOT_EXECUTED);
  }

  @Test
  void start_again_storesWhatIsNewAndDeletesWhatIsGone() throws IOException {
    vectors.serve();
    String deployment = deployed();
    List<String> before = vectors.ids(OWNER, "faq");
    assertThat(vectors.upserted()).hasSize(2);
    node.undeploy(deployment);

    knows("stop", "how do i stop a node", "drain", "what is draining");
    deployed();

    assertThat(vectors.upserted()).hasSize(1);
    assertThat(vectors.deleted()).hasSize(1).isSubsetOf(before);
    assertThat(vectors.ids(OWNER, "faq")).hasSize(2);
  }

  @Test
  void start_entriesThatDidNotChange_needNoModel() {
    vectors.serve();
    node.undeploy(deployed());
    vectors.upserted();

    deployed();

    assertThat(vectors.upserted()).isEmpty();
    assertThat(vectors.deleted()).isEmpty();
  }

  @Test
  void start_partOfTheCollectionIsMissing_waitsForItBeforeItStoresOrDeletes() {
    vectors.serve();
    node.undeploy(deployed());
    vectors.upserted();
    vectors.partial(true);
    node.deploy(new FaqVerticle());
    assertThat(refusal(ask("how do i stop a node"))).isEqualTo(Refusal.NOT_EXECUTED);

    vectors.partial(false);

    answered();
    assertThat(vectors.upserted()).isEmpty();
  }

  @Test
  void start_unusableKnowledgeBase_failsAndSaysWhy() throws IOException {
    vectors.serve();
    Files.writeString(base(), "entries: []");

    assertThatThrownBy(() -> node.deploy(new FaqVerticle()))
        .hasMessageContaining("no entries (expected: a list under entries)");
  }

  @Test
  void decision_pointsOfOtherNodes_areNotLookedAt() {
    KnowledgeBase base = KnowledgeBase.read(base().toString());
    String own = base.points().keySet().iterator().next();
    Matches found =
        new Matches(List.of(new Match("elsewhere", 0.9, "{}"), new Match(own, 0.8, "{}")), false);

    assertThat(Decision.of(found, base, 0.7)).isEqualTo(new Decision.Known(base.entry(own), 0.8));
    assertThat(Decision.of(found, base, 0.85)).isEqualTo(new Decision.Unknown(0.8));
  }

  @Test
  void ask_answersAndSilence_areCounted() {
    vectors.serve();
    deployed();
    ask("how do i stop a node");
    ask("what is a good recipe");

    assertThat(count("answered")).isPositive();
    assertThat(count("unknown")).isEqualTo(1);
  }

  private double count(String outcome) {
    return node.scope().meters().get("faq.questions").tag("outcome", outcome).counter().count();
  }

  /** Deploys it, and waits until it answers. */
  private String deployed() {
    String id = node.deploy(new FaqVerticle());
    answered();
    return id;
  }

  private void answered() {
    Promise<Void> done = Promise.promise();
    node.vertx()
        .setPeriodic(
            20,
            timer ->
                asking("how do i stop a node")
                    .onSuccess(
                        reply -> {
                          if (reply instanceof Done && done.tryComplete()) {
                            node.vertx().cancelTimer(timer);
                          }
                        }));
    await(done.future());
  }

  private OperationReply ask(String question) {
    return await(asking(question));
  }

  private Future<OperationReply> asking(String question) {
    OperationRequest request =
        new OperationRequest(
            "faq.ask",
            List.of(),
            "",
            List.of(new Header("content-type", "application/json")),
            "192.0.2.1",
            "{\"question\":\"%s\"}".formatted(question).getBytes(StandardCharsets.UTF_8));
    return node.onCaller(
        bus ->
            bus.call(
                dev.starling.contract.operation.OperationContract.operate("faq"),
                request,
                node.as("somebody")));
  }

  private Path base() {
    return directory.resolve("own.yaml");
  }

  private void knows(String... idsAndQuestions) throws IOException {
    StringBuilder yaml = new StringBuilder("entries:\n");
    for (int i = 0; i < idsAndQuestions.length; i += 2) {
      yaml.append(
          "- {id: %1$s, questions: [%2$s], answer: about %1$s, source: docs/%1$s.md}\n"
              .formatted(idsAndQuestions[i], idsAndQuestions[i + 1]));
    }
    Files.writeString(base(), yaml);
  }

  private static Refusal refusal(OperationReply reply) {
    return ((Refused) reply).refusal();
  }

  private static JsonNode json(OperationReply reply) throws IOException {
    assertThat(reply).isInstanceOf(Done.class);
    return Json.MAPPER.readTree(((Done) reply).body());
  }
}
