package dev.starling.testkit;

import static dev.starling.testkit.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.BusException;
import dev.starling.bus.ErrorCode;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.contract.service.OperationRecord;
import dev.starling.contract.service.ServiceRecord;
import dev.starling.sdk.Json;
import dev.starling.sdk.ServiceVerticle;
import dev.starling.sdk.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every verticle keeps to, whatever it does: it announces what it serves, refuses input that
 * it cannot use, does no work that is too late, leaves nothing behind, and is the same wherever a
 * call reaches it.
 *
 * <p>Each module extends it once.
 */
@Timeout(120)
public abstract class VerticleContractTest {
  /** So many draws between two instances miss one of them in 1 of 2^63 runs. */
  private static final int DRAWS = 64;

  @TempDir Path directory;
  private TestNode node;
  private String service;

  /** A new instance of the verticle under test. */
  protected abstract ServiceVerticle verticle();

  /** Gives the node what the verticle needs: settings, a database, other services. */
  protected void prepare(TestNode newNode) {}

  @BeforeEach
  final void startNode() {
    service = verticle().name();
    node = new TestNode(directory);
    try {
      prepare(node);
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  @AfterEach
  final void stopNode() {
    node.close();
  }

  @Test
  final void verticle_onTheClassPath_isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(ServiceVerticle.class).stream().map(ServiceLoader.Provider::type))
        .contains(verticle().getClass());
  }

  @Test
  final void settings_defaults_bindToThemselves() {
    verticle()
        .settings()
        .forEach(
            (section, defaults) ->
                assertThat(Settings.bind(Settings.toTree(defaults), defaults, section))
                    .isEqualTo(defaults));
  }

  @Test
  final void deploy_instance_announcesWhatItServes() {
    node.deploy(verticle());

    ServiceRecord announced = announced();
    assertThat(announced.version()).isEqualTo(verticle().version());
    assertThat(announced.operations()).extracting(OperationRecord::id).doesNotHaveDuplicates();
    JsonNode schemas = json(announced.schemas());
    for (OperationRecord operation : announced.operations()) {
      assertThat(operation.id()).startsWith(service + ".");
      JsonNode document = json(operation.document());
      assertThat(document.path("operationId").asText()).isEqualTo(operation.id());
      assertThat(document.path("requestBody").isObject()).isEqualTo(operation.maxBodyBytes() > 0);
      for (JsonNode reference : document.findValues("$ref")) {
        assertResolves(reference.asText(), schemas);
      }
    }
    for (JsonNode reference : schemas.findValues("$ref")) {
      assertResolves(reference.asText(), schemas);
    }
  }

  @Test
  final void operation_unusableInput_isRefused() {
    node.deploy(verticle());
    ServiceRecord announced = announced();
    JsonNode schemas = json(announced.schemas());

    for (OperationRecord operation : announced.operations()) {
      for (UnusableInput input : UnusableInput.of(operation, schemas)) {
        String scope = operation.scope();
        OperationReply reply =
            node.operate(
                service,
                input.request(),
                scope == null ? node.as("contract-test") : node.as("contract-test", scope));
        assertThat(reply).as("%s: %s", operation.id(), input).isInstanceOf(Refused.class);
        assertThat(((Refused) reply).refusal())
            .as("%s: %s", operation.id(), input)
            .isIn(input.expected());
      }
    }
  }

  @Test
  final void operation_unknown_failsAsInvalidArgument() {
    node.deploy(verticle());

    assertFails(unknownOperation(), ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  final void operation_deadlinePassedOnTheWay_isNotLookedAt() {
    Neighbour neighbour = new Neighbour();
    node.deploy(verticle(), neighbour);

    // On a machine that stands still meanwhile, the deadline may pass before the request is sent.
    while (node.traffic().expired(service) == 0) {
      // Looked at, it would be an unknown operation.
      assertThatThrownBy(() -> await(neighbour.callTooLate(service, unknownOperation())))
          .isInstanceOfSatisfying(
              BusException.class,
              failure ->
                  assertThat(failure.code()).isIn(ErrorCode.EXPIRED, ErrorCode.DEADLINE_EXCEEDED));
    }
  }

  @Test
  final void undeploy_lastInstance_leavesNothing() {
    String id = node.deploy(verticle());
    ServiceRecord before = announced();

    node.undeploy(id);

    assertThat(names()).doesNotContain(service);
    assertThat(node.busNode().localInstances().counts()).doesNotContainKey(service);
    assertFails(unknownOperation(), ErrorCode.UNAVAILABLE);

    node.deploy(verticle());
    assertThat(announced()).isEqualTo(before);
    assertFails(unknownOperation(), ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  final void instances_two_behaveAsOne() {
    String first = node.deploy(verticle());
    ServiceRecord alone = announced();
    node.deploy(verticle());

    assertThat(announced()).isEqualTo(alone);
    assertThat(node.busNode().localInstances().counts()).containsEntry(service, 2);
    for (int i = 0; i < DRAWS; i++) {
      assertFails(unknownOperation(), ErrorCode.INVALID_ARGUMENT);
    }
    assertThat(node.traffic().reached(service)).hasSize(2);

    node.undeploy(first);

    assertThat(announced()).isEqualTo(alone);
    assertThat(node.busNode().localInstances().counts()).containsEntry(service, 1);
    for (int i = 0; i < DRAWS; i++) {
      assertFails(unknownOperation(), ErrorCode.INVALID_ARGUMENT);
    }
  }

  private ServiceRecord announced() {
    List<ServiceRecord> own =
        node.catalog().services().stream().filter(s -> s.name().equals(service)).toList();
    assertThat(own).as("announced as %s", service).hasSize(1);
    return own.get(0);
  }

  private List<String> names() {
    return node.catalog().services().stream().map(ServiceRecord::name).toList();
  }

  private OperationRequest unknownOperation() {
    return new OperationRequest(
        service + ".no-such-operation", List.of(), "", List.of(), "192.0.2.1", new byte[0]);
  }

  private void assertFails(OperationRequest request, ErrorCode code) {
    assertThatThrownBy(() -> node.operate(service, request, node.anonymous()))
        .isInstanceOfSatisfying(
            BusException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private static void assertResolves(String reference, JsonNode schemas) {
    String prefix = "#/components/schemas/";
    assertThat(reference).startsWith(prefix);
    assertThat(schemas.has(reference.substring(prefix.length()))).as(reference).isTrue();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
