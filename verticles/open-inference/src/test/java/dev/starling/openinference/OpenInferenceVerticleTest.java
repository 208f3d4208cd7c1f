package dev.starling.openinference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.starling.bus.CallContext;
import dev.starling.bus.PieceBudget;
import dev.starling.bus.Priority;
import dev.starling.contract.inference.ModelContract.Changed;
import dev.starling.contract.inference.ModelContract.Outcome;
import dev.starling.contract.operation.Header;
import dev.starling.contract.operation.OperationReply;
import dev.starling.contract.operation.OperationReply.Done;
import dev.starling.contract.operation.OperationReply.Refusal;
import dev.starling.contract.operation.OperationReply.Refused;
import dev.starling.contract.operation.OperationRequest;
import dev.starling.sdk.Json;
import dev.starling.sdk.Members;
import dev.starling.testkit.TestModels;
import dev.starling.testkit.TestNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations, with small models behind them. */
@Timeout(60)
class OpenInferenceVerticleTest {
  private static final String SIMPLE =
      """
      {"id":"r-1","inputs":[
        {"name":"INPUT0","shape":[1,16],"datatype":"INT32","data":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]},
        {"name":"INPUT1","shape":[1,16],"datatype":"INT32","data":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]%s}""";

  private final TestModels models = new TestModels("n-1", "n-2");
  private final Seen members = new Seen();
  private TestNode node;

  /** Who serves what, as the test has it. */
  private static final class Seen implements Members {
    volatile List<String> inference = List.of("n-1", "n-2");
    volatile boolean modelsHere = true;

    @Override
    public String self() {
      return "test";
    }

    @Override
    public List<String> serving(String service) {
      if (service.equals("inference")) {
        return inference;
      }
      return modelsHere ? List.of("test") : List.of();
    }
  }

  @BeforeEach
  void start(@TempDir Path directory) {
    node = new TestNode(directory);
    node.scope().provide(Members.class, members);
    node.settings().putObject("open-inference").put("max-texts", 100).put("max-text-bytes", 50);
    node.deploy(models);
    node.deploy(new OpenInferenceVerticle());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void server_asked_saysWhatItIsAndCanDo() {
    assertThat(json(get("server")).toString())
        .isEqualTo(
            "{\"name\":\"starling\",\"version\":\"1.0.0\",\"extensions\":"
                + "[\"binary_tensor_data\",\"model_repository\",\"schedule_policy\"]}");
    assertThat(json(get("live")).toString()).isEqualTo("{\"live\":true}");
    assertThat(json(get("ready")).toString()).isEqualTo("{\"ready\":true}");
  }

  @Test
  void ready_noNodeRunsModels_isNotNow() {
    members.inference = List.of();

    assertRefused(get("ready"), Refusal.NOT_EXECUTED, "no node runs models now");
  }

  @Test
  void model_known_saysWhatItTakesAndGives() {
    JsonNode model = json(get("model", "simple"));

    assertThat(model.path("name").asText()).isEqualTo("simple");
    assertThat(model.path("versions").toString()).isEqualTo("[\"1\"]");
    assertThat(model.path("platform").asText()).isEqualTo("onnxruntime_onnx");
    assertThat(model.path("inputs").path(0).toString())
        .isEqualTo("{\"name\":\"INPUT0\",\"datatype\":\"INT32\",\"shape\":[-1,16]}");
    assertThat(model.path("outputs")).hasSize(2);
    assertThat(json(get("model-version", "simple", "1"))).isEqualTo(model);
    assertThat(json(get("model-ready", "simple")).toString())
        .isEqualTo("{\"name\":\"simple\",\"ready\":true}");
  }

  @Test
  void model_unknownOrNotReady_isSaid() {
    assertRefused(get("model", "none"), Refusal.ABSENT, "model: none (expected:");
    assertRefused(
        get("model-version", "simple", "7"),
        Refusal.ABSENT,
        "version of simple: 7 (expected one of: 1)");
    assertRefused(
        get("model-ready", "late"),
        Refusal.NOT_EXECUTED,
        "model late is not ready: version 1 is being loaded at n-1: tried out");
    assertRefused(infer("late", SIMPLE.formatted("")), Refusal.NOT_EXECUTED, "is not ready");
    assertRefused(infer("none", SIMPLE.formatted("")), Refusal.ABSENT, "model: none");
  }

  @Test
  void models_publishedByANodeThatCannotBeAsked_areKnown() {
    members.inference = List.of("n-9");
    assertRefused(
        get("model", "simple"),
        Refusal.NOT_EXECUTED,
        "model simple: n-9 did not say yet what it has");
    members.inference = List.of("n-1");
    models.publish();
    long end = System.nanoTime() + TestNode.PATIENCE.toNanos();

    OperationReply reply = get("model", "simple");
    while (!(reply instanceof Done) && System.nanoTime() - end < 0) {
      reply = get("model", "simple");
    }

    assertThat(reply).isInstanceOf(Done.class);
  }

  @Test
  void model_itsNodeIsLost_isNotNowRatherThanUnknown() {
    assertThat(get("model", "simple")).isInstanceOf(Done.class);

    members.inference = List.of();
    assertRefused(get("model", "simple"), Refusal.NOT_EXECUTED, "no node runs models now");
    members.inference = List.of("n-9");
    assertRefused(
        infer("simple", SIMPLE.formatted("")), Refusal.NOT_EXECUTED, "did not say yet what it has");
    assertRefused(
        embed("{\"model\":\"length\",\"input\":\"a\"}"),
        Refusal.NOT_EXECUTED,
        "did not say yet what it has");
  }

  @Test
  void infer_json_isAnsweredInJson() {
    Done done = done(infer("simple", SIMPLE.formatted("")));

    assertThat(done.contentType()).isEqualTo("application/json");
    assertThat(done.headers()).isEmpty();
    assertThat(new String(done.body(), UTF_8))
        .isEqualTo(
            """
            {"model_name":"simple","model_version":"1","id":"r-1","outputs":[\
            {"name":"OUTPUT0","datatype":"INT32","shape":[1,16],"data":[2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]},\
            {"name":"OUTPUT1","datatype":"INT32","shape":[1,16],"data":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]}""");
  }

  @Test
  void infer_oneOutputAsBinary_isBehindTheJson() {
    Done done =
        done(
            infer(
                "simple",
                SIMPLE.formatted(
                    ",\"outputs\":[{\"name\":\"OUTPUT1\",\"parameters\":{\"binary_data\":true}},"
                        + "{\"name\":\"OUTPUT0\"}]")));

    assertThat(done.contentType()).isEqualTo("application/octet-stream");
    int head = Integer.parseInt(header(done, InferCalls.HEAD_LENGTH));
    JsonNode json = parse(Arrays.copyOf(done.body(), head));
    assertThat(json.path("outputs").path(0).toString())
        .isEqualTo(
            "{\"name\":\"OUTPUT1\",\"datatype\":\"INT32\",\"shape\":[1,16],"
                + "\"parameters\":{\"binary_data_size\":64}}");
    assertThat(json.path("outputs").path(1).path("data")).hasSize(16);
    ByteBuffer binary =
        ByteBuffer.wrap(done.body(), head, done.body().length - head)
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(binary.remaining()).isEqualTo(64);
    assertThat(binary.getInt()).isZero();
    assertThat(binary.getInt()).isEqualTo(1);
  }

  @Test
  void infer_binaryInAndOut_passesBytesThrough() {
    byte[] data = {0, 0x7e, 1, 2};
    String head =
        """
        {"parameters":{"binary_data_output":true},
         "inputs":[{"name":"h","shape":[2],"datatype":"FP16","parameters":{"binary_data_size":4}}]}""";

    Done done =
        done(
            operate(
                "infer",
                concat(head.getBytes(UTF_8), data),
                List.of(
                    new Header(InferCalls.HEAD_LENGTH, Integer.toString(head.length())),
                    new Header("content-type", "application/octet-stream")),
                "identity"));

    int length = Integer.parseInt(header(done, InferCalls.HEAD_LENGTH));
    // 0x7e00 is not a number: as bytes it may pass, as JSON it could not.
    assertThat(Arrays.copyOfRange(done.body(), length, done.body().length)).isEqualTo(data);
  }

  @Test
  void infer_outputThatJsonCannotSay_asksForBinary() {
    String head =
        """
        {"inputs":[{"name":"h","shape":[1],"datatype":"%s","parameters":{"binary_data_size":%d}}]}""";

    for (String[] each :
        new String[][] {{"FP32", "0000c07f", "NaN"}, {"BYTES", "01000000ff", "not UTF-8"}}) {
      byte[] data = HexFormat.of().parseHex(each[1]);
      String json = head.formatted(each[0], data.length);
      assertRefused(
          operate(
              "infer",
              concat(json.getBytes(UTF_8), data),
              List.of(new Header(InferCalls.HEAD_LENGTH, Integer.toString(json.length()))),
              "identity"),
          Refusal.MALFORMED,
          each[2]);
    }
  }

  @Test
  void infer_badInput_saysWhatWasExpected() {
    assertRefused(infer("simple", "{}"), Refusal.MALFORMED, "inputs: none (expected");
    assertRefused(
        infer("simple", SIMPLE.formatted("").replace("INPUT1", "INPUT2")),
        Refusal.MALFORMED,
        "(expected: INPUT0 and INPUT1");
    assertRefused(
        infer("simple", SIMPLE.formatted(",\"outputs\":[{\"name\":\"NONE\"}]")),
        Refusal.MALFORMED,
        "output: NONE");
    assertRefused(
        operate("infer", new byte[0], List.of(new Header("content-encoding", "gzip")), "simple"),
        Refusal.UNSUPPORTED_MEDIA_TYPE,
        "content encoding: gzip (expected: none)");
    assertThat(models.calls()).hasSize(2);
  }

  @Test
  void infer_priorityAndTimeout_areTheCallsOwn() {
    infer("simple", SIMPLE.formatted(",\"parameters\":{\"priority\":3,\"timeout\":9000000}"));

    CallContext call = models.calls().get(0);
    assertThat(call.priority()).isEqualTo(Priority.SHEDDABLE);
    assertThat(call.remainingNanos(System.nanoTime())).isLessThan(9_000_000_001L);
    assertThat(call.safeToRetry()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void infer_largeTensors_goWholeWhereverTheModelIs(boolean here) {
    members.modelsHere = here;
    byte[] data = new byte[3_000_000];
    new Random(1).nextBytes(data);
    String head =
        """
        {"parameters":{"binary_data_output":true},
         "inputs":[{"name":"x","shape":[3000000],"datatype":"UINT8","parameters":{"binary_data_size":3000000}}]}""";

    Done done =
        done(
            operate(
                "infer",
                concat(head.getBytes(UTF_8), data),
                List.of(new Header(InferCalls.HEAD_LENGTH, Integer.toString(head.length()))),
                "identity"));

    int length = Integer.parseInt(header(done, InferCalls.HEAD_LENGTH));
    assertThat(Arrays.copyOfRange(done.body(), length, done.body().length)).isEqualTo(data);
    assertThat(models.largeCalls()).isEqualTo(here ? 0 : 1);
    assertThat(node.scope().shared("open-inference:large-answers", PieceBudget::ofHeap).taken())
        .isZero();
  }

  @Test
  void index_lists_whatEachNodeHas() {
    JsonNode index = json(operate("index", new byte[0], List.of()));

    assertThat(index).hasSize(4);
    JsonNode simple = index.path(3);
    assertThat(simple.path("name").asText()).isEqualTo("simple");
    assertThat(simple.path("version").asText()).isEqualTo("1");
    assertThat(simple.path("state").asText()).isEqualTo("READY");
    assertThat(simple.path("reason").asText()).isEmpty();
    assertThat(simple.path("nodes").path(1).toString())
        .isEqualTo("{\"node\":\"n-2\",\"state\":\"READY\",\"reason\":\"\",\"preferred\":true}");
    assertThat(index.path(1).path("state").asText()).isEqualTo("LOADING");
    assertThat(json(operate("index", bytes("{\"ready\":true}"), List.of()))).hasSize(3);
    assertRefused(
        operate("index", bytes("{\"ready\":1}"), List.of()), Refusal.MALFORMED, "true or false");
  }

  @Test
  void load_everyNodeDoesIt_isDone() {
    assertThat(json(operate("load", new byte[0], List.of(), "simple")).toString()).isEqualTo("{}");
    assertThat(models.lastAsked("n-1")).isEqualTo("load simple");
    assertThat(models.lastAsked("n-2")).isEqualTo("load simple");

    operate(
        "unload",
        bytes("{\"parameters\":{\"unload_dependents\":false,\"nodes\":[\"n-2\"]}}"),
        List.of(),
        "simple");
    assertThat(models.lastAsked("n-1")).isEqualTo("load simple");
    assertThat(models.lastAsked("n-2")).isEqualTo("unload simple");
  }

  @Test
  void load_oneNodeRefuses_saysWhichAndWhy() {
    models.answer("n-2", new Changed(Outcome.REFUSED, "outputs: NaN (expected: finite)"));

    assertRefused(
        operate("load", new byte[0], List.of(), "simple"),
        Refusal.MALFORMED,
        "n-2: outputs: NaN (expected: finite); done at the other 1");
  }

  @Test
  void load_nodesThatCannot_areToldApart() {
    models.answer("n-1", new Changed(Outcome.ABSENT, ""));
    models.answer("n-2", new Changed(Outcome.ABSENT, ""));
    assertRefused(
        operate("load", new byte[0], List.of(), "none"),
        Refusal.ABSENT,
        "n-1: its repository has no such model; n-2: its repository has no such model");
    assertRefused(
        operate("load", new byte[0], List.of(), "broken"),
        Refusal.NOT_EXECUTED,
        "n-1: too much to do now");
    members.inference = List.of();
    assertRefused(
        operate("load", new byte[0], List.of(), "simple"), Refusal.NOT_EXECUTED, "no node runs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"parameters\":{\"config\":\"{}\"}}|parameters, config: not supported",
        "{\"parameters\":{\"file:1/model.onnx\":\"AA\"}}|parameters, file:1/model.onnx: not supported",
        "{\"parameters\":{\"nodes\":[]}}|nodes: none",
        "{\"parameters\":{\"nodes\":\"n-1\"}}|a text (expected: a list of node ids)",
        "{\"parameters\":{\"nodes\":[\"n-3\"]}}|n-3 (expected one of: [n-1, n-2])",
        "[]|body: a list (expected: an object)",
        "{|body:"
      })
  void load_unusable_saysWhatWasExpected(String body, String expected) {
    assertRefused(operate("load", bytes(body), List.of(), "simple"), Refusal.MALFORMED, expected);
    assertThat(models.lastAsked("n-1")).isEmpty();
  }

  @Test
  void embeddings_oneText_isAnsweredInOpenAisShape() {
    Done done = done(embed("{\"model\":\"length\",\"input\":\"two words\"}"));

    assertThat(new String(done.body(), UTF_8))
        .isEqualTo(
            "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                + "\"embedding\":[9.0,116.0,115.0,1.0]}],\"model\":\"length\","
                + "\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}");
  }

  @Test
  void embeddings_asBase64_isLittleEndianFloats() {
    JsonNode answer =
        json(
            embed(
                "{\"model\":\"length\",\"input\":[\"a\"],\"encoding_format\":\"base64\","
                    + "\"dimensions\":4,\"user\":\"u\"}"));

    byte[] vector =
        Base64.getDecoder().decode(answer.path("data").path(0).path("embedding").asText());
    ByteBuffer floats = ByteBuffer.wrap(vector).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(List.of(floats.getFloat(), floats.getFloat(), floats.getFloat(), floats.getFloat()))
        .containsExactly(1f, 97f, 97f, 1f);
  }

  @Test
  void embeddings_manyTexts_spreadOverCallsAndKeepTheirOrder() {
    String texts =
        String.join(
            ",",
            IntStream.range(1, 101).mapToObj(i -> "\"" + "x".repeat(i % 50 + 1) + "\"").toList());

    JsonNode data = json(embed("{\"model\":\"length\",\"input\":[" + texts + "]}")).path("data");

    assertThat(data).hasSize(100);
    for (int i = 0; i < 100; i++) {
      assertThat(data.path(i).path("index").asInt()).isEqualTo(i);
      assertThat(data.path(i).path("embedding").path(0).asInt()).isEqualTo((i + 1) % 50 + 1);
    }
    assertThat(models.calls()).hasSize(25);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"input\":\"a\"}|model: none",
        "{\"model\":\"length\"}|input: none",
        "{\"model\":\"length\",\"input\":[]}|input: none",
        "{\"model\":\"length\",\"input\":\"\"}|input: 0 bytes (expected: 1..50",
        "{\"model\":\"length\",\"input\":[\"a\",\"\"]}|input[1]: 0 bytes",
        "{\"model\":\"length\",\"input\":[1,2]}|input: token ids (expected: a text",
        "{\"model\":\"length\",\"input\":[[1]]}|input: token ids",
        "{\"model\":\"length\",\"input\":7}|input: a number (expected: a text",
        "{\"model\":\"length\",\"input\":\"a\",\"encoding_format\":\"int8\"}|int8 (expected: float or base64)",
        "{\"model\":\"length\",\"input\":\"a\",\"dimensions\":3}|dimensions: 3 (expected: 4",
        "{\"model\":\"length\",\"input\":\"a\",\"inputs\":1}|inputs: unknown (expected one of: model",
        "{\"model\":\"simple\",\"input\":\"a\"}|expected: one BYTES input of texts",
        "no JSON|body:"
      })
  void embeddings_unusable_saysWhatWasExpected(String body, String expected) {
    assertRefused(embed(body), Refusal.MALFORMED, expected);
  }

  @Test
  void embeddings_tooManyOrTooLongOrUnknown_isRefused() {
    assertRefused(
        embed("{\"model\":\"length\",\"input\":[" + "\"a\",".repeat(100) + "\"a\"]}"),
        Refusal.MALFORMED,
        "more than 100 texts");
    assertRefused(
        embed("{\"model\":\"length\",\"input\":\"" + "é".repeat(26) + "\"}"),
        Refusal.MALFORMED,
        "52 bytes (expected: 1..50");
    assertRefused(embed("{\"model\":\"none\",\"input\":\"a\"}"), Refusal.ABSENT, "model: none");
    assertThat(models.calls()).isEmpty();
  }

  private OperationReply get(String operation, String... path) {
    return operate(operation, new byte[0], List.of(), path);
  }

  private OperationReply infer(String model, String json) {
    return operate(
        "infer", bytes(json), List.of(new Header("content-type", "application/json")), model);
  }

  private OperationReply embed(String json) {
    return operate(
        "embeddings", bytes(json), List.of(new Header("content-type", "application/json")));
  }

  private OperationReply operate(
      String operation, byte[] body, List<Header> headers, String... path) {
    return node.operate(
        "open-inference",
        new OperationRequest(
            "open-inference." + operation,
            new ArrayList<>(List.of(path)),
            "",
            headers,
            "192.0.2.1",
            body),
        node.as("ada", "admin"));
  }

  private static Done done(OperationReply reply) {
    assertThat(reply).isInstanceOf(Done.class);
    return (Done) reply;
  }

  private static JsonNode json(OperationReply reply) {
    return parse(done(reply).body());
  }

  private static JsonNode parse(byte[] json) {
    try {
      return Json.MAPPER.readTree(new String(json, UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static String header(Done done, String name) {
    return done.headers().stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findFirst()
        .orElseThrow();
  }

  private static void assertRefused(OperationReply reply, Refusal refusal, String detail) {
    assertThat(reply).isInstanceOf(Refused.class);
    assertThat(((Refused) reply).detail()).contains(detail);
    assertThat(((Refused) reply).refusal()).isEqualTo(refusal);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
